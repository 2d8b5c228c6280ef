"""The daily digest: one message to each person on the morning of a working day, of what is late, due today, due within
three working days, and new.

It calls cases by their coded numbers, never by a name; what leaves the house names no step either (domain.md 6.1). A
person's digest of a day has one cause, so that it goes out once, however often it is rung for; `digest_run` says which
days are done. A day on which nothing could be sent is not caught up with: its dates would be stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, String, Table, delete, exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from cases.contacts import ways_of
from cases.messages import Channel, Letter, Words, post
from cases.people import person, role_grant
from cases.reminder_words import Reader, cases_of, coded_number, is_protected, readers
from engine.access import Actor
from engine.calendar import CLOSING_TIME, Calendar, county_day, county_instant
from engine.clock import COUNTY_ZONE
from engine.queries.inbox import LARGEST_PAGE, InboxRow, inbox
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Database, Session

#: From this county time on a working day's digest is sent; what was not sent by closing time is left.
MORNING = time(8, 0)
#: How many working days ahead the digest looks.
AHEAD = 3
#: So many are named in each group; the rest is counted.
NAMED = 10
#: So many people are told in one transaction.
BATCH = 50
KIND = "digest"

digest_run = Table(
    "digest_run",
    metadata,
    Column("day", Date, primary_key=True),
    Column("sent_at", Instant, nullable=False),
)

#: Who wants none.
digest_off = Table(
    "digest_off",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)


class Group(StrEnum):
    """Why a task stands in a digest; each task once, by the first that holds."""

    LATE = "逾期"
    TODAY = "今天到期"
    SOON = "3个工作日内到期"
    NEW = "新到"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A working day, and what its digest is measured by."""

    today: date
    soon: date  #: the last day that is soon
    since: datetime  #: what was opened from here on is new: the morning of the working day before


def day_of(calendar: Calendar, today: date) -> Day:
    """What the digest of this working day is measured by."""
    before = calendar.roll_back(today - timedelta(days=1))
    return Day(today=today, soon=calendar.add_workdays(today, AHEAD).end, since=county_instant(before, MORNING))


def group_of(row: InboxRow, day: Day, now: datetime) -> Group | None:
    """The task's group; None: it stands in no digest today. 24:00 of a day belongs to that day."""
    if row.due_at is not None:
        last = county_day(row.due_at - timedelta(seconds=1))
        if row.due_at < now:
            return Group.LATE
        if last <= day.today:
            return Group.TODAY
        if last <= day.soon:
            return Group.SOON
    return Group.NEW if row.opened_at >= day.since else None


def due_day(session: Session, calendar: Calendar, now: datetime) -> date | None:
    """The day whose digest is to be sent now; None: it is no working day, too early or too late, or it was sent."""
    today = county_day(now)
    moment = now.astimezone(COUNTY_ZONE).time()
    if not MORNING <= moment < CLOSING_TIME or not calendar.is_workday(today):
        return None
    sent = session.scalar(select(digest_run.c.day).where(digest_run.c.day == today))
    return today if sent is None else None


def send_digests(
    database: Database, *, calendar: Calendar, now: datetime, offered: frozenset[Channel] = frozenset()
) -> int:
    """Post the digests that are due, a transaction per batch of people; returns how many messages are new.

    :param offered: the ways to the outside that the installation has (`outbox.offered`); mail alone is used.
    """
    with database.reading() as session:
        today = due_day(session, calendar, now)
        wanted = _wanted(session) if today is not None else ()
    if today is None:
        return 0
    day, posted = day_of(calendar, today), 0
    for start in range(0, len(wanted), BATCH):
        with database.transaction() as session:
            letters = _letters(session, wanted[start : start + BATCH], day, now, offered & {Channel.EMAIL})
            posted += post(session, letters, now=now)
    with database.transaction() as session:
        write = postgresql.insert if session.locks_rows else sqlite.insert
        session.execute(write(digest_run).values(day=today, sent_at=now).on_conflict_do_nothing())
    return posted


def _wanted(session: Session) -> Sequence[str]:
    """Everybody in office who has not said no."""
    holds = exists().where(role_grant.c.person_id == person.c.id)
    declined = exists().where(digest_off.c.person_id == person.c.id)
    query = select(person.c.id).where(person.c.active.is_(True), holds, ~declined).order_by(person.c.id)
    return tuple(session.execute(query).scalars())


def _letters(
    session: Session, people: Sequence[str], day: Day, now: datetime, offered: frozenset[Channel]
) -> list[Letter]:
    ways = ways_of(session, people, offered)
    letters = []
    for reader in readers(session, people).values():
        words = digest_for(session, reader, day, now)
        if words is not None:
            letters.append(
                Letter(
                    person_id=reader.id,
                    kind=KIND,
                    cause=f"digest:{day.today.isoformat()}",
                    words=words,
                    outside=ways.get(reader.id, frozenset()),
                )
            )
    return letters


def digest_for(session: Session, actor: Reader, day: Day, now: datetime) -> Words | None:
    """The person's digest: of what the inbox would show him; None: there is nothing to tell."""
    page = inbox(session, actor, limit=LARGEST_PAGE, now=now)
    groups: dict[Group, list[InboxRow]] = {group: [] for group in Group}
    for row in page.rows:
        group = group_of(row, day, now)
        if group is not None:
            groups[group].append(row)
    if not any(groups.values()):
        return None
    return digest_words(groups, cases_of(session, {row.case_id for row in page.rows}), day, more=page.next is not None)


def digest_words(
    groups: Mapping[Group, Sequence[InboxRow]], cases: Mapping[str, Any], day: Day, *, more: bool
) -> Words:
    """What the digest says. `more`: the reader has more open tasks than were looked at, all of them due later."""
    counted = "、".join(f"{group}{len(rows)}件" for group, rows in groups.items() if rows)
    tail = f"您的待办超过{LARGEST_PAGE}件,以上只统计最急的{LARGEST_PAGE}件。" if more else ""
    inside = [f"{group}:{_named(rows, cases, steps=True)}。" for group, rows in groups.items() if rows]
    outside = [f"{group}:{_named(rows, cases, steps=False)}。" for group, rows in groups.items() if rows]
    subject = f"【每日提要】{day.today.month}月{day.today.day}日:{counted}"
    closing = "请登录童安系统查看和办理。不想再收到,可在系统的“联系方式”页关闭。"
    return Words(
        subject=subject,
        body="\n".join([*inside, *filter(None, [tail])]),
        outside_subject=subject,
        outside_body="\n".join([*outside, *filter(None, [tail]), closing]),
    )


def _named(rows: Iterable[InboxRow], cases: Mapping[str, Any], *, steps: bool) -> str:
    rows = tuple(rows)
    named = ";".join(_line(row, cases.get(row.case_id or ""), steps=steps) for row in rows[:NAMED])
    return f"{named};等{len(rows)}件" if len(rows) > NAMED else named


def _line(row: InboxRow, case: Any, *, steps: bool) -> str:
    matter = task_code(row, case) or "一件工作"
    if steps and not is_silent(row, case):
        matter += f"“{row.name}”"
    due = f"时限{row.due_at.astimezone(COUNTY_ZONE):%m-%d %H:%M}" if row.due_at else "没有时限"
    return f"{matter}({due})"


def task_code(row: InboxRow, case: Any) -> str:
    """How a task's case is called wherever a list of due work is read: coded; empty where there is no case."""
    number = coded_number(row, case)
    return f"办件{number}" if number else ""


def is_silent(row: InboxRow, case: Any) -> bool:
    """Whether even the step's name would say too much: of sealed files and of protection."""
    return bool(case is not None and case.sealed_hiv) or is_protected(row, case)


def wants_digest(session: Session, actor: Actor) -> bool:
    """Whether the actor gets the digest: everybody does until he says no."""
    return session.scalar(select(digest_off.c.since).where(digest_off.c.person_id == actor.id)) is None


def choose_digest(session: Session, wanted: bool, *, actor: Actor, now: datetime) -> None:
    """Somebody takes the digest or leaves it, for himself."""
    if wanted == wants_digest(session, actor):
        return
    if wanted:
        session.execute(delete(digest_off).where(digest_off.c.person_id == actor.id))
    else:
        session.execute(insert(digest_off).values(person_id=actor.id, since=now))
    audit.record(session, actor=actor, action="digest.choose", target=actor.id, now=now, detail={"wanted": wanted})
