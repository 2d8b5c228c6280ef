"""A person's due dates as a calendar that a phone or a desktop program subscribes to (RFC 5545).

The address holds a secret of its own and no log-in; it can be taken back at any time, and a new one ends the old one.
Of the secret only its hash is kept. What stands in the calendar leaves the house: coded numbers and dates, the step's
name where it tells nothing, never a person's (domain.md 6.1).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select

from cases.digests import is_silent, task_code
from cases.people import person
from cases.reminder_words import Reader, cases_of, readers
from engine.access import Actor
from engine.errors import NotFound
from engine.queries.inbox import LARGEST_PAGE, InboxRow, inbox
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

ZONE = "Asia/Shanghai"
#: So many due dates, the most urgent first, stand in a calendar.
MOST = 1000
#: How long before its due time a task is drawn: a block that ends when the time is up, on the due day itself.
DRAWN = timedelta(minutes=30)
#: How often a program should ask again.
ASK_AGAIN = timedelta(hours=1)
_SECRET_BYTES = 32

due_feed = Table(
    "due_feed",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One due date, in words that may leave the house."""

    task_id: str
    words: str
    opened_at: datetime
    due_at: datetime


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_feed(session: Session, *, actor: Actor, now: datetime) -> str:
    """Give the actor a secret address; the one before ends. Returns the secret, which is not kept."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session.execute(delete(due_feed).where(due_feed.c.person_id == actor.id))
    session.execute(insert(due_feed).values(person_id=actor.id, secret_hash=_hash(secret), made_at=now))
    audit.record(session, actor=actor, action="feed.make", target=actor.id, now=now, detail={})
    return secret


def revoke_feed(session: Session, *, actor: Actor, now: datetime) -> None:
    """The actor's address is found no more."""
    ended = session.execute(delete(due_feed).where(due_feed.c.person_id == actor.id))
    if ended.rowcount:
        audit.record(session, actor=actor, action="feed.revoke", target=actor.id, now=now, detail={})


def feed_since(session: Session, actor: Actor) -> datetime | None:
    """Since when the actor has an address; None: he has none."""
    found: datetime | None = session.scalar(select(due_feed.c.made_at).where(due_feed.c.person_id == actor.id))
    return found


def owner_of(session: Session, secret: str) -> Reader:
    """Whose address this is.

    :raises NotFound: nobody's, or that of somebody who has left.
    """
    found = session.scalar(
        select(due_feed.c.person_id)
        .join(person, person.c.id == due_feed.c.person_id)
        .where(due_feed.c.secret_hash == _hash(secret), person.c.active.is_(True))
    )
    reader = readers(session, {found}).get(found) if found is not None else None
    if reader is None:
        raise NotFound("没有这个日历地址")
    return reader


def due_dates(session: Session, actor: Reader, *, now: datetime) -> tuple[Due, ...]:
    """The due dates of what the actor's inbox shows, the earliest first, at most `MOST`."""
    rows: list[InboxRow] = []
    after: str | None = None
    while len(rows) < MOST:
        page = inbox(session, actor, limit=LARGEST_PAGE, after=after, now=now)
        rows += [row for row in page.rows if row.due_at is not None]
        after = page.next
        # What has no time limit stands last.
        if after is None or any(row.due_at is None for row in page.rows):
            break
    cases = cases_of(session, {row.case_id for row in rows})
    return tuple(_due(row, cases.get(row.case_id or "")) for row in rows[:MOST] if row.task_id)


def _due(row: InboxRow, case: object) -> Due:
    code, silent = task_code(row, case), is_silent(row, case)
    words = (code or "一件工作") if silent else " ".join(filter(None, (code, row.name)))
    assert row.task_id is not None and row.due_at is not None
    return Due(task_id=row.task_id, words=f"{words} 到期", opened_at=row.opened_at, due_at=row.due_at)


def as_calendar(dates: Iterable[Due], link: Callable[[str], str]) -> bytes:
    """The calendar file. The same dates make the same bytes; `link` gives the address of a task's page."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Tong'an//due dates//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", "童安到期事项")
    made.add("x-wr-timezone", ZONE)
    made.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    made.add_component(_zone())
    for each in dates:
        made.add_component(_event(each, link))
    return bytes(made.to_ical())


def _zone() -> icalendar.Timezone:
    """China keeps one time, without a summer time (since 1991)."""
    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", datetime(1991, 9, 15, 1))  # noqa: DTZ001 - local by RFC 5545
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _event(each: Due, link: Callable[[str], str]) -> icalendar.Event:
    event, due = icalendar.Event(), each.due_at.astimezone(ZoneInfo(ZONE))
    event.add("uid", f"{each.task_id}@tongan")
    event.add("dtstamp", each.opened_at)
    event.add("dtstart", due - DRAWN)
    event.add("dtend", due)
    event.add("summary", each.words)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("url", link(each.task_id))
    return event
