"""The register of village officers 儿童主任(儿童福利督导员): who holds the post, their training, and what they did to
spread the policy (plan: 村(居)民委员会要设立……儿童福利督导员; M15).

Townships keep it for their villages, the county for all; leaders and inspectors read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Integer, RowMapping, String, Table, insert, or_, select, update

from cases.forms.filing import refuse
from cases.identifiers import phone_problem
from cases.jurisdictions import VILLAGE_DIGITS, find_division
from engine.access import Actor, Grant, covers
from engine.calendar import county_day
from engine.errors import NotAllowed, NotFound
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

TRAINING, PUBLICITY = "培训", "政策宣传"
POSTS = ("儿童主任", "儿童权利监察员")
#: Who may hold the post (plan).
HELD_BY = ("村(居)委员会委员", "大学生村官", "专业社会工作者", "其他")
KEEPERS = frozenset({"town_officer", "mzj_handler"})
READERS = KEEPERS | {"town_leader", "town_head", "mzj_leader", "inspector"}
NAME_LENGTH, TOPIC_LENGTH = 20, 100

village_officer = Table(
    "village_officer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("place", String(12), nullable=False, index=True),
    Column("name", String(20), nullable=False),
    Column("post", String(12), nullable=False),
    Column("held_by", String(20), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=True),
    Column("entered_by", String(40), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

officer_entry = Table(
    "officer_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_id", Integer, ForeignKey("village_officer.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("hours", Integer, nullable=True),  #: of a training
    Column("reached", Integer, nullable=True),  #: so many people heard of the policy
    Column("entered_by", String(40), nullable=False),
    Column("entered_at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One line of the register, with what was entered of the officer, newest first."""

    row: RowMapping
    entries: tuple[RowMapping, ...]


def _grants(actor: Actor, roles: frozenset[str]) -> tuple[Grant, ...]:
    return tuple(grant for grant in actor.grants if grant.role in roles)


def may_read(actor: Actor) -> bool:
    """Whether the register is any of the person's business."""
    return bool(_grants(actor, READERS))


def may_keep(actor: Actor) -> bool:
    """Whether the person writes in the register."""
    return bool(_grants(actor, KEEPERS))


def _require_keeper(actor: Actor, place: str) -> None:
    if not any(covers(grant, place) for grant in _grants(actor, KEEPERS)):
        raise NotAllowed("只能登记本辖区的儿童主任")


def officers(session: Session, actor: Actor) -> Sequence[Officer]:
    """The register of the person's area, by village; those in office first.

    :raises NotAllowed: it is none of the person's business.
    """
    grants = _grants(actor, READERS)
    if not grants:
        raise NotAllowed("无权查看儿童主任名册")
    mine = or_(*(village_officer.c.place.startswith(grant.place, autoescape=True) for grant in grants))
    order = (village_officer.c.place, village_officer.c.until.is_not(None), village_officer.c.id)
    rows = session.execute(select(village_officer).where(mine).order_by(*order)).mappings().all()
    entries: dict[int, list[RowMapping]] = {}
    query = select(officer_entry).where(officer_entry.c.officer_id.in_([row["id"] for row in rows]))
    newest = (officer_entry.c.held_on.desc(), officer_entry.c.id.desc())
    for entry in session.execute(query.order_by(*newest)).mappings():
        entries.setdefault(entry["officer_id"], []).append(entry)
    return tuple(Officer(row=row, entries=tuple(entries.get(row["id"], ()))) for row in rows)


def _day(given: Mapping[str, Any], field: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(str(given.get(field) or ""))
    except ValueError:
        raise refuse(field, "date", "请填写日期,如 2026-03-01") from None
    if day > county_day(now):
        raise refuse(field, "not_after", "日期不能晚于今天")
    return day


def _text(given: Mapping[str, Any], field: str, what: str, longest: int) -> str:
    text = str(given.get(field) or "").strip()
    if not text or len(text) > longest:
        raise refuse(field, "required", f"请填写{what}(不超过{longest}字)")
    return text


def _one_of(given: Mapping[str, Any], field: str, what: str, allowed: Sequence[str]) -> str:
    chosen = str(given.get(field) or "")
    if chosen not in allowed:
        raise refuse(field, "choice", f"请选择{what}")
    return chosen


def enter_officer(session: Session, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Enter who holds the post of a village; the officer before ends the day the new one begins.

    :param given: place (12 digits), name, post, held_by, phone, since.
    :raises SubmissionInvalid: a field is missing or wrong; its message names it.
    :raises NotAllowed: a village outside of the person's area.
    """
    place = str(given.get("place") or "")
    if len(place) != VILLAGE_DIGITS or find_division(session, place) is None:
        raise refuse("place", "division", "请选择村(社区)")
    _require_keeper(actor, place)
    values = {
        "place": place,
        "name": _text(given, "name", "姓名", NAME_LENGTH),
        "post": _one_of(given, "post", "岗位", POSTS),
        "held_by": _one_of(given, "held_by", "担任人员", HELD_BY),
        "phone": str(given.get("phone") or "").strip(),
        "since": _day(given, "since", now),
    }
    problem = phone_problem(values["phone"]) if values["phone"] else "请填写联系电话"
    if problem:
        raise refuse("phone", "phone", problem)
    before = (village_officer.c.place == place) & (village_officer.c.post == values["post"])
    session.execute(
        update(village_officer).where(before, village_officer.c.until.is_(None)).values(until=values["since"])
    )
    session.execute(insert(village_officer).values(**values, entered_by=actor.id, entered_at=now))
    audit.record(session, actor=actor, action="officer.enter", target=place, now=now, detail={"post": values["post"]})


def enter_entry(session: Session, officer_id: int, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Enter a training that the officer had, or what the officer did to spread the policy.

    :param given: kind, held_on, topic, number (hours of a training, people reached by publicity).
    :raises NotFound: no such officer.
    :raises SubmissionInvalid: a field is missing or wrong.
    :raises NotAllowed: an officer outside of the person's area.
    """
    row = session.execute(select(village_officer).where(village_officer.c.id == officer_id)).mappings().first()
    if row is None:
        raise NotFound("没有这名儿童主任")
    _require_keeper(actor, row["place"])
    kind = _one_of(given, "kind", "类型", (TRAINING, PUBLICITY))
    number = str(given.get("number") or "")
    if not number.isdigit() or int(number) < 1:
        what = "学时" if kind == TRAINING else "宣传人数"
        raise refuse("number", "min", f"请填写{what},应为大于0的整数")
    session.execute(
        insert(officer_entry).values(
            officer_id=officer_id,
            kind=kind,
            held_on=_day(given, "held_on", now),
            topic=_text(given, "topic", "内容", TOPIC_LENGTH),
            entered_by=actor.id,
            entered_at=now,
            **{COLUMN_OF[kind]: int(number)},
        )
    )
    audit.record(session, actor=actor, action="officer.entry", target=row["place"], now=now, detail={"kind": kind})


#: In which column the number of an entry stands.
COLUMN_OF: Mapping[str, str] = MappingProxyType({TRAINING: "hours", PUBLICITY: "reached"})
