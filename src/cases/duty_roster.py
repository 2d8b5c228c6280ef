"""The duty roster as rows: who mans which desk from when to when, and under which telephone number.

A shift counts only while its person is active and holds a role of the desk: whoever has left, or lost the post, is not
on duty, and must learn nothing of an emergency.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Select, String, Table, select

from cases.duty_desks import DESK_OF, DESKS, Desk, may_read, stands_at
from cases.people import person, role_grant
from engine.access import Actor, Grant
from engine.errors import NotAllowed
from engine.store.base import Instant, metadata
from engine.store.session import Session

duty_shift = Table(
    "duty_shift",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("desk", String(20), nullable=False),
    Column("place", String(12), nullable=False),
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),  #: outside of the shift
    Column("entered_by", String(40), nullable=False),
    Column("entered_at", Instant, nullable=False),
)
Index("ix_duty_shift_desk", duty_shift.c.desk, duty_shift.c.place, duty_shift.c.to_at)
Index("ix_duty_shift_person", duty_shift.c.person_id, duty_shift.c.to_at)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One person's turn at one desk."""

    id: int
    desk: Desk
    place: str
    person_id: str
    name: str
    phone: str
    from_at: datetime
    to_at: datetime
    counts: bool  #: the person is active and holds a role of the desk for the place

    def holds(self, at: datetime) -> bool:
        """Whether this person is on duty at this instant."""
        return self.counts and self.from_at <= at < self.to_at


def _shifts() -> Select[Any]:
    return (
        select(duty_shift, person.c.name, person.c.active, role_grant.c.role, role_grant.c.place.label("granted"))
        .join(person, person.c.id == duty_shift.c.person_id)
        .outerjoin(role_grant, role_grant.c.person_id == duty_shift.c.person_id)
        .order_by(duty_shift.c.place, duty_shift.c.from_at, duty_shift.c.id)
    )


def _read(session: Session, query: Select[Any]) -> tuple[Shift, ...]:
    """One shift for the several rows that its person's roles make of it."""
    found: dict[int, Shift] = {}
    for row in session.execute(query):
        desk = DESKS.get(row.desk)
        if desk is None:
            continue  # a desk of an earlier day
        known = found.get(row.id)
        grant = Grant(role=row.role or "", place=row.granted or "")
        counts = bool(known and known.counts) or bool(row.active and stands_at(grant, desk, row.place))
        found[row.id] = Shift(
            id=row.id,
            desk=desk,
            place=row.place,
            person_id=row.person_id,
            name=row.name,
            phone=row.phone,
            from_at=row.from_at,
            to_at=row.to_at,
            counts=counts,
        )
    return tuple(found.values())


def on_duty(session: Session, now: datetime, *, roles: Iterable[str] | None = None) -> tuple[Shift, ...]:
    """Who mans the desks at `now`; `roles`: only the desks of these."""
    query = _shifts().where(duty_shift.c.from_at <= now, duty_shift.c.to_at > now)
    if roles is not None:
        wanted = sorted({DESK_OF[role] for role in roles if role in DESK_OF})
        if not wanted:
            return ()
        query = query.where(duty_shift.c.desk.in_(wanted))
    return tuple(each for each in _read(session, query) if each.counts)


def shifts_between(
    session: Session, since: datetime, until: datetime, *, desk: str | None = None, place: str | None = None
) -> tuple[Shift, ...]:
    """The shifts that touch [since, until), of all desks or of one."""
    query = _shifts().where(duty_shift.c.from_at < until, duty_shift.c.to_at > since)
    if desk is not None:
        query = query.where(duty_shift.c.desk == desk)
    if place is not None:
        query = query.where(duty_shift.c.place == place)
    return _read(session, query)


def own_shift(session: Session, actor: Actor, now: datetime) -> Shift | None:
    """The desk that the person mans at `now`: the red mark in the frame of every page."""
    query = _shifts().where(duty_shift.c.person_id == actor.id, duty_shift.c.from_at <= now, duty_shift.c.to_at > now)
    return next((each for each in _read(session, query) if each.counts), None)


def readable_shifts(session: Session, actor: Actor, since: datetime, until: datetime) -> tuple[Shift, ...]:
    """The whole roster of a span, for the telephone list.

    :raises NotAllowed: not for citizens.
    """
    require_reader(actor)
    return shifts_between(session, since, until)


def require_reader(actor: Actor) -> None:
    """:raises NotAllowed: the telephone list is for people in office."""
    if not may_read(actor):
        raise NotAllowed("值班表只供工作人员查看")


#: Stands where no number is known.
UNKNOWN = "未登记电话"


@dataclass(frozen=True, kw_only=True)
class Call:
    """Somebody to telephone."""

    person_id: str
    name: str
    post: str  #: the desk, or empty
    phone: str  #: empty: no number is known

    @property
    def words(self) -> str:
        """As it stands in a message."""
        post = f"({self.post})" if self.post else ""
        return f"{self.name}{post} {self.phone or UNKNOWN}"


def calls(session: Session, people: Collection[str], manning: Sequence[Shift]) -> Mapping[str, Call]:
    """How to telephone each of these people: under the number of the desk that they man, else under their own."""
    standing = {each.person_id: each for each in manning}
    rows = session.execute(
        select(person.c.id, person.c.name, person.c.unit, person.c.phone)
        .where(person.c.id.in_(sorted(people)), person.c.active.is_(True))
        .order_by(person.c.id)
    )
    found = {}
    for row in rows:
        shift = standing.get(row.id)
        post, phone = (shift.desk.name, shift.phone) if shift else (row.unit, row.phone)
        found[row.id] = Call(person_id=row.id, name=row.name, post=post, phone=phone)
    return found
