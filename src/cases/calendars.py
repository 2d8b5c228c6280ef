"""The county's calendar: the published one, and over it what the State Council's notices and the county itself say of
single days (domain.md 0.4-3, 0.4-10).

Overrides are rows. Every process of the program looks every few seconds whether there is a newer notice, so that a year
that is loaded counts everywhere without a restart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, delete, func, insert, select

from cases.recounting import Notice, Recounted, count_open_again
from cases.reminding import look_again
from engine.access import Actor
from engine.calendar import Calendar, default_calendar
from engine.calendar.statutory import PUBLISHED_THROUGH
from engine.clock import Clock
from engine.environment import Environment
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Database, Session

#: Who may load a notice.
KEEPERS = frozenset({"security_admin", "administrator"})

#: A newer notice is seen at the latest after this time.
LOOK_EVERY = timedelta(seconds=2)

calendar_override = Table(
    "calendar_override",
    metadata,
    Column("day", Date, primary_key=True),
    Column("is_workday", Boolean, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("source_doc", String(200), nullable=False),
    Column("entered_by", String(80), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

#: What was loaded, in order. The highest number is the version of the calendar.
calendar_notice = Table(
    "calendar_notice",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("year", Integer, nullable=True),  #: the year that this notice makes certain; none: single days
    Column("source_doc", String(200), nullable=False),
    Column("entered_by", String(80), nullable=False),
    Column("entered_at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class OverrideRow:
    """One day that a notice names."""

    day: date
    is_workday: bool
    reason: str = ""  #: 春节, 调休; shown in derivations


def version_of(session: Session) -> int:
    """The number of the latest notice; 0: none was loaded."""
    return int(session.scalar(select(func.max(calendar_notice.c.number))) or 0)


def load_calendar(session: Session) -> Calendar:
    """The published calendar with the county's overrides, certain through the last year of an unbroken row."""
    rows = session.execute(select(calendar_override)).all()
    loaded = set(session.execute(select(calendar_notice.c.year).distinct()).scalars())
    through = PUBLISHED_THROUGH
    while through.year + 1 in loaded:
        through = date(through.year + 1, 12, 31)
    return Calendar(
        overrides={row.day: row.is_workday for row in rows},
        reasons={row.day: row.reason for row in rows if row.reason},
        loaded_through=through,
    )


@dataclass(kw_only=True)
class CountyCalendars:
    """Gives the calendar that is in force; looks for a newer one at most every `LOOK_EVERY`, on a connection of its
    own, and only one thread at a time: the others go on with what is known."""

    database: Database
    clock: Clock  #: the machine's: a demonstration's clock may stand still
    _known: Calendar = field(default_factory=default_calendar)
    _version: int = -1
    _look_again_at: datetime | None = None
    _looking: Lock = field(default_factory=Lock)

    def __call__(self) -> Calendar:
        now = self.clock.now()
        if self._is_fresh(now):
            return self._known
        if not self._looking.acquire(blocking=self._version < 0):
            return self._known
        try:
            if not self._is_fresh(now):
                self._look()
                self._look_again_at = now + LOOK_EVERY
        finally:
            self._looking.release()
        return self._known

    def _is_fresh(self, now: datetime) -> bool:
        until = self._look_again_at
        return until is not None and until - LOOK_EVERY <= now < until

    def _look(self) -> None:
        with self.database.reading() as session:
            version = version_of(session)  # before the rows: what comes in between is seen at the next look
            if version != self._version:
                self._known, self._version = load_calendar(session) if version else default_calendar(), version


def import_notice(
    session: Session,
    rows: Sequence[OverrideRow],
    source_doc: str,
    actor: Actor,
    now: datetime,
    *,
    year: int | None = None,
    env: Environment | None = None,
) -> Recounted:
    """Load a notice and count every open due date again that it touches; reminders follow. With `env` the timers of
    running processes move, too. `year` says that the notice
    arranges that whole year, which makes it certain; without it single days are overridden. A day that is named again
    is replaced.

    :raises NotAllowed: the actor is neither security_admin nor administrator.
    :raises SubmissionInvalid: no source, no rows, a day named twice, or a day that does not belong to the year.
    """
    if not actor.is_system and not any(grant.role in KEEPERS for grant in actor.grants):
        raise NotAllowed(f"{actor.name} 无权载入节假日安排")
    _require_plausible(rows, source_doc, year)
    before = load_calendar(session)
    session.execute(delete(calendar_override).where(calendar_override.c.day.in_([row.day for row in rows])))
    entered = {"source_doc": source_doc, "entered_by": actor.id, "entered_at": now}
    session.execute(
        insert(calendar_override),
        [{"day": row.day, "is_workday": row.is_workday, "reason": row.reason, **entered} for row in rows],
    )
    session.execute(insert(calendar_notice).values(number=version_of(session) + 1, year=year, **entered))
    first = min(row.day for row in rows)
    change = Notice(
        before=before, after=load_calendar(session), since=first, actor=actor, now=now, source_doc=source_doc
    )
    recounted = count_open_again(session, change, env)
    look_again(session, now=now)
    audit.record(
        session,
        actor=actor,
        action="calendar.import",
        target=str(year) if year else None,
        now=now,
        detail={
            "source_doc": source_doc,
            "days": {row.day.isoformat(): row.is_workday for row in rows},
            **recounted.as_dict(),
        },
    )
    return recounted


def special_days(calendar: Calendar, year: int) -> Mapping[date, tuple[bool, str]]:
    """The days of the year on which the calendar differs from Monday to Friday: whether one works, and why."""
    days = [calendar.day(date.fromordinal(number)) for number in _ordinals(year)]
    return {day.date: (day.workday, day.note) for day in days if day.workday != (day.date.weekday() < 5)}


def _ordinals(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


def _require_plausible(rows: Sequence[OverrideRow], source_doc: str, year: int | None) -> None:
    days = [row.day for row in rows]
    if not source_doc.strip():
        raise _problem("source_doc", "required", "请注明依据的文件名称和文号")
    if not days:
        raise _problem("days", "required", "文件中没有任何日期")
    if len(set(days)) < len(days):
        raise _problem("days", "unique", "同一日期出现了两次")
    # A notice's first holiday may be made up for in the last days of the year before.
    if year is not None and not all(date(year - 1, 12, 1) <= day <= date(year, 12, 31) for day in days):
        raise _problem("days", "year", f"有日期不属于{year}年")


def _problem(field_name: str, rule: str, message: str) -> SubmissionInvalid:
    return SubmissionInvalid([FieldProblem(field=field_name, rule=rule, message=message)])
