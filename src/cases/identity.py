"""Who a child is, as lists and heads of pages show it: masked. The full values are for a click with a reason
(`cases.unmasking`), and of them only those that the person's office needs (domain.md 6.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from cases import children, sealed
from cases.jurisdictions import full_name
from cases.privacy import mask_child_name, mask_guardian_name, mask_idcard, mask_phone
from cases.roles import Sight
from cases.sealed_records import SealedIdentity
from cases.seen_children import SeenChild, require_child
from engine.access import Actor, covers
from engine.calendar.ages import age_on
from engine.calendar.instants import county_day
from engine.store.session import Session

CATEGORIES: Mapping[str, str] = {
    "C1": "孤儿",
    "C2": "事实无人抚养儿童",
    "C3": "重病重残儿童",
    "C4": "特困供养儿童",
    "C5": "贫困家庭儿童",
    "CX": "其他困境儿童",
}


def category_names(codes: Iterable[str]) -> tuple[str, ...]:
    """The categories in words."""
    return tuple(CATEGORIES.get(code, code) for code in codes)


#: Key of an identity's value to its label, in the order of the page.
LABELS: Mapping[str, str] = {
    "name": "儿童姓名",
    "idcard": "身份证号",
    "guardian": "监护人",
    "guardian_phone": "监护人电话",
    "phone": "本人电话",
    "address": "居住地址",
}
#: What a department's question needs of who the child is, and what the treasury's list needs.
_FOR_DEPARTMENTS = frozenset({"name", "idcard"})
_FOR_TREASURY = frozenset({"name"})
TREASURY = "CZJ"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The head of a child's file as this person may see it now."""

    child_id: str
    archive_no: str
    is_sealed: bool
    values: Mapping[str, str]  #: by the keys of `LABELS`, without empty ones; masked unless in `shown`
    shown: frozenset[str]  #: keys whose values are full
    may_show: frozenset[str]  #: keys whose full values the person may ask for
    sex: str
    age: int | None  #: completed years
    area: str
    categories: tuple[str, ...]
    status: str


def identity(session: Session, actor: Actor, child_id: str, *, now: datetime) -> Identity | None:
    """The masked head of the file; None for whoever knows of the file by its number alone.

    :raises NotFound: there is no such file for this actor.
    """
    child = require_child(session, actor, child_id, at_least=Sight.CODED)
    found, seen = child.row, child.seen
    if seen < Sight.MASKED:
        return None
    return of_row(session, found, seen, may_show=may_show(actor, child), shown=frozenset(), now=now)


def may_show(actor: Actor, child: SeenChild) -> frozenset[str]:
    """Which values of the head the actor may see in full: the area and the case's own people all of them, a department
    what its question needs, the treasury the name of its list alone."""
    found, seen = child.row, child.seen
    if seen < Sight.FILE:
        return frozenset()
    if seen >= Sight.SENSITIVE:
        return frozenset(LABELS)
    place = sealed.place_of_file(found)
    departments = {grant.department for grant in actor.grants if covers(grant, place)}
    if None in departments:
        return frozenset(LABELS)
    return _FOR_TREASURY if departments == {TREASURY} else _FOR_DEPARTMENTS


def of_row(
    session: Session,
    found: RowMapping,
    seen: Sight,
    *,
    may_show: frozenset[str],
    shown: frozenset[str],
    now: datetime,
    who: SealedIdentity | None = None,
) -> Identity:
    """The head with the values of `shown` in full and all others masked; `who`: the opened record of a sealed file, of
    which otherwise the code alone is told."""
    values = {}
    for key, full in _full(session, found, asdict(who) if who else found).items():
        value = full if key in shown else _MASKS[key](full)
        if full and value:
            values[key] = value
    if found["sealed_hiv"] and who is None:
        values |= _UNTOLD
    return Identity(
        child_id=found["id"],
        archive_no=found["archive_no"],
        is_sealed=found["sealed_hiv"],
        values=values,
        shown=shown,
        may_show=may_show,
        sex=found["sex"] or "",
        age=age_on(found["birth"], county_day(now)) if found["birth"] else None,
        area=full_name(session, who.hukou_code if who else found["hukou_code"]),
        categories=_categories(found, seen),
        status=found["status"],
    )


def _full(session: Session, found: RowMapping, told: Mapping[Any, Any]) -> Mapping[str, str]:
    guardian = children.current_guardian(session, found["id"])
    return {
        "name": told["name"],
        "idcard": told["idcard"] or "",
        "guardian": guardian["name"] if guardian else "",
        "guardian_phone": (guardian["phone"] or "") if guardian else "",
        "phone": told["phone"] or "",
        "address": told["live_address"] or "",
    }


#: Of a sealed file the head shows that there is a number and an address: the record opens for a click with a reason.
_UNTOLD: Mapping[str, str] = {"idcard": "******", "address": "******"}

_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask_child_name,
    "idcard": mask_idcard,
    "guardian": mask_guardian_name,
    "guardian_phone": mask_phone,
    "phone": mask_phone,
    "address": lambda _full: "******",
}


def _categories(found: RowMapping, seen: Sight) -> tuple[str, ...]:
    """A sealed file's category is told to the sealed pair alone; every other screen says the same of it (6.1)."""
    if found["sealed_hiv"] and seen < Sight.SEALED:
        return (sealed.OUTSIDE_CATEGORY,)
    if seen < Sight.FILE:
        return ()
    return category_names(found["categories"] or ())
