"""The ledger 信息台账: one child, one line (一人一档案, 动态管理), of a village, a township or the county.

It is a list, so it masks: names, id numbers and telephones (domain.md 6.1). A village reads its own without the
category, which tells of parents and illness. A sealed file stands in no ledger but that of the sealed handlers, whose
ledger holds nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, select

from cases.children import OVER, ChildStatus, child, guardian
from cases.exits import COVERED
from cases.identity import CATEGORIES
from cases.jurisdictions import VILLAGE_DIGITS, find_division, full_name, subtree
from cases.privacy import mask_child_name, mask_guardian_name, mask_idcard, mask_phone
from cases.quarters import visit
from cases.roles import ONLY_ACTIVE
from cases.seen_children import note_listing
from cases.small_cells import hide
from engine.access import Actor, Grant, Sight, covers
from engine.calendar import county_day
from engine.errors import NotAllowed, NotFound
from engine.store.session import Session

#: Who keeps or reads the ledger of the own area, and how much of each line.
READERS: Mapping[str, Sight] = MappingProxyType(
    {
        "village_officer": Sight.FILE,
        "village_head": Sight.FILE,
        "town_officer": Sight.SENSITIVE,
        "town_leader": Sight.SENSITIVE,
        "town_head": Sight.SENSITIVE,
        "mzj_handler": Sight.SENSITIVE,
        "mzj_leader": Sight.SENSITIVE,
        "mzj_sealed": Sight.SEALED,
    }
)
#: What every screen says of a sealed child's category (domain.md 6.1).
SEALED_CATEGORY = "困境儿童(民政直管)"
PAGE_ROWS = 100


class Scope(StrEnum):
    """Which children a ledger lists."""

    COVERED = "在保"  #: under protection
    LEFT = "已退出"  #: no longer, whatever the reason
    ALL = "全部"  #: whoever has a file, applicants too


_STATUSES: Mapping[Scope, frozenset[str]] = MappingProxyType(
    {
        Scope.COVERED: frozenset(COVERED),
        Scope.LEFT: frozenset(OVER),
        Scope.ALL: frozenset(ChildStatus),
    }
)


@dataclass(frozen=True, kw_only=True)
class Village:
    """How many children of a village; None: too few to be told."""

    name: str
    children: int | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A ledger as its reader sees it. A line's keys are those of `template_checks.LEDGER_COLUMNS`."""

    place: str
    area: str
    scope: Scope
    sealed: bool
    people: int
    lines: Sequence[Mapping[str, str]]
    child_ids: Sequence[str]  #: whose lines they are
    villages: Sequence[Village]


def may_read(actor: Actor) -> bool:
    """Whether ledgers are any of the person's business."""
    return bool(_grants(actor))


def _grants(actor: Actor) -> tuple[Grant, ...]:
    return tuple(grant for grant in actor.grants if grant.role in READERS)


def places_of(session: Session, actor: Actor) -> tuple[str, ...]:
    """The divisions whose ledger the person may open, the widest first.

    :raises NotAllowed: ledgers are none of the person's business.
    """
    grants = _grants(actor)
    if not grants:
        raise NotAllowed("无权查看信息台账")
    found = {each.code for grant in grants for each in subtree(session, grant.place)}
    return tuple(sorted(found, key=lambda code: (len(code), code)))


def sight_on(session: Session, actor: Actor, place: str, *, active: bool = True) -> Sight:
    """How much of the place's lines the person reads: of children in the county's hands, or of those who left.

    :raises NotAllowed: ledgers are none of the person's business.
    :raises NotFound: there is no such place in the person's area.
    """
    grants = _grants(actor)
    if not grants:
        raise NotAllowed("无权查看信息台账")
    seen = max((_reads(grant.role, active) for grant in grants if covers(grant, place)), default=Sight.NONE)
    if seen is Sight.NONE or find_division(session, place) is None:
        raise NotFound(f"本辖区没有 {place}")
    return seen


def _reads(role: str, active: bool) -> Sight:
    return min(READERS[role], Sight.FILE) if role in ONLY_ACTIVE and not active else READERS[role]


def ledger(session: Session, actor: Actor, place: str, scope: Scope, *, page: int = 1, rows: int = PAGE_ROWS) -> Ledger:
    """A page of the ledger; `people` counts all pages.

    :raises NotAllowed: ledgers are none of the person's business.
    :raises NotFound: there is no such place in the person's area.
    """
    seen = sight_on(session, actor, place)
    of_left, sealed = sight_on(session, actor, place, active=False), seen is Sight.SEALED
    wanted = _wanted(place, scope, sealed=sealed)
    first = (page - 1) * rows
    found = session.execute(_query(wanted).offset(first).limit(rows)).mappings().all()
    names = {each.code: each.name for each in subtree(session, place, digits=VILLAGE_DIGITS)}
    return Ledger(
        place=place,
        area=full_name(session, place),
        scope=scope,
        sealed=sealed,
        people=int(session.scalar(select(func.count()).select_from(child).where(wanted)) or 0),
        lines=[
            _line(number, row, names, of_left if row["status"] in OVER else seen)
            for number, row in enumerate(found, first + 1)
        ],
        child_ids=[row["id"] for row in found],
        villages=() if sealed else tuple(_villages(session, wanted, names)),
    )


def read_ledger(session: Session, actor: Actor, place: str, scope: Scope, *, page: int = 1, now: datetime) -> Ledger:
    """A page of the ledger for the screen, with an entry in the audit where its lines tell of what is sensitive.

    :raises NotAllowed, NotFound: as `ledger`.
    :raises RuntimeError: the transaction keeps nothing.
    """
    found = ledger(session, actor, place, scope, page=page)
    if sight_on(session, actor, place) >= Sight.SENSITIVE:
        seen = len(found.lines)
        note_listing(session, actor, place=place, purpose="查阅台账", children=seen, sealed=found.sealed, now=now)
    return found


def _wanted(place: str, scope: Scope, *, sealed: bool) -> ColumnElement[bool]:
    here = child.c.hukou_code.startswith(place, autoescape=True)
    return and_(here, child.c.sealed_hiv.is_(sealed), child.c.status.in_(sorted(_STATUSES[scope])))


def _query(wanted: ColumnElement[bool]) -> Select[Any]:
    visited = select(func.max(visit.c.at)).where(visit.c.child_id == child.c.id).correlate(child).scalar_subquery()
    latest = (
        select(func.max(guardian.c.id))
        .where(guardian.c.child_id == child.c.id, guardian.c.is_current.is_(True))
        .correlate(child)
        .scalar_subquery()
    )
    return (
        select(
            child,
            guardian.c.name.label("guardian_name"),
            guardian.c.phone.label("guardian_phone"),
            visited.label("visited_at"),
        )
        .select_from(child.outerjoin(guardian, guardian.c.id == latest))
        .where(wanted)
        .order_by(child.c.hukou_code, child.c.archive_no)
    )


def _line(number: int, row: RowMapping, names: Mapping[str, str], seen: Sight) -> Mapping[str, str]:
    visited = county_day(row["visited_at"]).isoformat() if row["visited_at"] else ""
    return {
        "number": str(number),
        "archive_no": row["archive_no"],
        "name": mask_child_name(row["name"]),
        "sex": row["sex"] or "",
        "idcard": mask_idcard(row["idcard"]) if row["idcard"] else "",
        "village": names.get(row["hukou_code"], ""),
        "guardian": mask_guardian_name(row["guardian_name"] or ""),
        "phone": mask_phone(row["guardian_phone"] or row["phone"] or ""),
        "category": _category(row, seen),
        "status": row["status"],
        "enrolled_on": row["enrolled_on"].isoformat() if row["enrolled_on"] else "",
        "effective_month": row["effective_month"] or "",
        "visited_on": visited,
    }


def _category(row: RowMapping, seen: Sight) -> str:
    if row["sealed_hiv"]:
        return SEALED_CATEGORY
    if seen < Sight.SENSITIVE or not row["primary_category"]:
        return ""
    return CATEGORIES.get(row["primary_category"], row["primary_category"])


def _villages(session: Session, wanted: ColumnElement[bool], names: Mapping[str, str]) -> Sequence[Village]:
    """The children of each village; the total beside them is the ledger's own number of lines."""
    if len(names) < 2:
        return ()
    query = select(child.c.hukou_code, func.count()).where(wanted).group_by(child.c.hukou_code)
    rows: Any = session.execute(query)
    counted = {code: int(number) for code, number in rows}
    shown = hide([[counted.get(code, 0)] for code in names])
    return [Village(name=name, children=row[0]) for name, row in zip(names.values(), shown, strict=False)]
