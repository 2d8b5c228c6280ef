"""Absences with a substitute: from the first day to the last, tasks that the absent person holds may be claimed by the
substitute, and it is written that they are done in the absent person's stead (代办).

A substitute holds the post already: an absence opens nobody's case to anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, Text, insert, or_, select, update

from cases.people import Person, find_person, grants_of, holders, person
from cases.roles import OFFICIAL
from engine.access import Actor, Grant, Permission, allowed
from engine.commands.reasons import require_reason
from engine.errors import FieldProblem, NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

LONGEST = timedelta(days=366)

absence = Table(
    "absence",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False),
    Column("substitute_id", String(40), ForeignKey("person.id"), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),  #: inclusive
    Column("note", Text, nullable=False),
    Column("entered_by", String(80), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),  #: back early, or entered by mistake
    Index("ix_absence_substitute_id", "substitute_id", "last_day"),
    Index("ix_absence_person_id", "person_id", "last_day"),
)
_IN_FORCE = absence.c.ended_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class Absence:
    """An absence, with both people's names."""

    id: str
    person_id: str
    person_name: str
    substitute_id: str
    substitute_name: str
    first_day: date
    last_day: date
    note: str


def standing_in(session: Session, actor: Actor, *, on: date) -> Actor:
    """The actor, with those for whom the actor stands in on that day of the county."""
    if not actor.grants:
        return actor
    found = session.execute(
        select(absence.c.person_id).where(
            absence.c.substitute_id == actor.id, absence.c.last_day >= on, absence.c.first_day <= on, _IN_FORCE
        )
    ).scalars()
    absent = frozenset(found)
    return replace(actor, stands_in_for=absent) if absent else actor


def absent_people(session: Session, first: date, last: date) -> frozenset[str]:
    """Who is absent on any of these days."""
    query = select(absence.c.person_id).where(_IN_FORCE, absence.c.first_day <= last, absence.c.last_day >= first)
    return frozenset(session.execute(query).scalars())


def substitutes_of(session: Session, people: Sequence[str], *, on: date) -> tuple[str, ...]:
    """Who stands in on that day for those of these people who are absent."""
    return tuple(sorted(each for found in stand_ins(session, people, on=on).values() for each in found))


def stand_ins(session: Session, people: Collection[str], *, on: date) -> Mapping[str, tuple[str, ...]]:
    """By absent person: who stands in on that day. People who are there are not among the keys."""
    query = select(absence.c.person_id, absence.c.substitute_id).where(
        absence.c.person_id.in_(sorted(people)), absence.c.last_day >= on, absence.c.first_day <= on, _IN_FORCE
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in session.execute(query.order_by(absence.c.person_id, absence.c.substitute_id)):
        found[row.person_id] = (*found.get(row.person_id, ()), row.substitute_id)
    return found


def official_grants(session: Session, person_id: str) -> tuple[Grant, ...]:
    """The person's posts, without roles of citizens and of the program."""
    return tuple(grant for grant in grants_of(session, person_id) if grant.role in OFFICIAL)


def possible_substitutes(session: Session, actor: Actor, person_id: str) -> Sequence[Person]:
    """Colleagues who hold one of the person's posts too. Raises `NotAllowed`, `NotFound`."""
    _require_may_enter(session, actor, person_id)
    found = {
        one.id: one
        for grant in official_grants(session, person_id)
        for one in holders(session, role=grant.role, place=grant.place, department=grant.department)
        if one.id != person_id
    }
    return sorted(found.values(), key=lambda one: (one.unit, one.name))


def absences_of(session: Session, actor: Actor, person_id: str, *, today: date) -> tuple[Absence, ...]:
    """The person's absences from today on, and those in which the person stands in, the earliest first. Raises
    `NotAllowed`, `NotFound`."""
    _require_may_enter(session, actor, person_id)
    substitute = person.alias("substitute")
    rows = session.execute(
        select(absence, person.c.name.label("person_name"), substitute.c.name.label("substitute_name"))
        .join(person, person.c.id == absence.c.person_id)
        .join(substitute, substitute.c.id == absence.c.substitute_id)
        .where(
            _IN_FORCE,
            absence.c.last_day >= today,
            or_(absence.c.person_id == person_id, absence.c.substitute_id == person_id),
        )
        .order_by(absence.c.first_day, absence.c.id)
    )
    return tuple(Absence(**{name: getattr(row, name) for name in Absence.__dataclass_fields__}) for row in rows)


def enter_absence(
    session: Session,
    person_id: str,
    *,
    substitute_id: str,
    first_day: date,
    last_day: date,
    note: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> str:
    """Enter an absence: one's own, or (security administrator) anybody's; returns its id.

    :raises NotAllowed: somebody else's.
    :raises Refused: the substitute holds none of the posts, or is absent too; the days meet another absence.
    :raises SubmissionInvalid: no days, or days that are over or too many; no reason.
    """
    _require_may_enter(session, actor, person_id)
    note = require_reason(note)
    _require_days(first_day, last_day, today)
    if all(one.id != substitute_id for one in possible_substitutes(session, actor, person_id)):
        raise Refused("代办人须是同岗位的同事")
    _require_free(session, person_id, substitute_id, first_day, last_day)
    made = {
        "id": new_id(now),
        "person_id": person_id,
        "substitute_id": substitute_id,
        "first_day": first_day,
        "last_day": last_day,
        "note": note,
        "entered_by": actor.id,
        "entered_at": now,
        "ended_at": None,
    }
    session.execute(insert(absence).values(made))
    days = {"from": first_day.isoformat(), "to": last_day.isoformat(), "substitute": substitute_id}
    audit.record(session, actor=actor, action="absence.enter", target=person_id, now=now, detail=days)
    return str(made["id"])


def end_absence(session: Session, absence_id: str, *, actor: Actor, now: datetime) -> None:
    """Back early, or entered by mistake: the substitute takes no more; what was taken stays taken. Raises `NotAllowed`,
    `NotFound`."""
    row = session.execute(select(absence.c.person_id).where(absence.c.id == absence_id, _IN_FORCE)).one_or_none()
    if row is None:
        raise NotFound("没有这项外出登记")
    _require_may_enter(session, actor, row.person_id)
    session.execute(update(absence).where(absence.c.id == absence_id).values(ended_at=now))
    audit.record(session, actor=actor, action="absence.end", target=row.person_id, now=now)


def _require_may_enter(session: Session, actor: Actor, person_id: str) -> None:
    if actor.id != person_id and not allowed(actor, Permission.PEOPLE_MANAGE):
        raise NotAllowed("只能登记本人的外出,他人的由安全管理员登记")
    found = find_person(session, person_id)
    if found is None or not found.active:
        raise NotFound(f"没有用户 {person_id}")


def _require_free(session: Session, person_id: str, substitute_id: str, first_day: date, last_day: date) -> None:
    """Raise `Refused` when one of them is away already, or the person stands in for somebody."""
    absent = absent_people(session, first_day, last_day)
    if person_id in absent:
        raise Refused("这些日期内已登记过外出,请先撤销原登记")
    if substitute_id in absent:
        raise Refused("代办人在这些日期内也不在岗,请另选代办人")
    standing = select(absence.c.id).where(
        _IN_FORCE,
        absence.c.substitute_id == person_id,
        absence.c.first_day <= last_day,
        absence.c.last_day >= first_day,
    )
    if session.scalar(standing) is not None:
        raise Refused("这些日期内您正代同事办理,请先为该同事另选代办人")


def _require_days(first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day or last_day < today or last_day - first_day > LONGEST:
        message = "请填写起止日期:止日不早于起日和今天,最长一年"
        raise SubmissionInvalid([FieldProblem(field="last_day", rule="days", message=message)])
