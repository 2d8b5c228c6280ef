"""When who is reminded of an open task (domain.md 0.6), decided purely: `due_rungs` is a function of its arguments.

A task says which ladder it has; the ladder's instants are the calendar's work. What was missed in an outage is not
sent in a heap: only the newest rung goes out, the older ones are noted as skipped. `reminding.py` reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.calendar import Calendar, Rung, RungCode, ladder_h, ladder_wd
from engine.clock import COUNTY_ZONE

LADDER_WD, LADDER_H = "LADDER_WD", "LADDER_H"

#: Steps whose deadline has the last rung: DL-01, DL-02, DL-04, DL-06 and everything of P_H (domain.md M16). An id
#: stands for every id that begins with it.
ESCALATED = (
    "a_ut_",
    *("b_ut_visit", "b_ut_verify", "b_ut_town_review", "b_ut_town_sign"),
    *("d_ut_opinion", "d_ut_sign", "d_ut_consolidate", "d_ut_plan", "d_ut_final_sign"),
    "g_ut_report",
    *("h_ut_", "h5_ut_"),
)

#: Courts and procurators get requests, never an overdue opinion (domain.md 1.3).
JUDICIAL = frozenset({"FY", "JCY"})
_MILD = frozenset({RungCode.R1, RungCode.R2})
_MOMENT = timedelta(seconds=1)
#: Rungs that are counted over unpublished days are counted again so often: a notice may have been loaded.
COUNT_AGAIN = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """What the decision needs of an open task."""

    id: str
    element_id: str
    ladder: str  #: LADDER_WD or LADDER_H
    department: str | None
    opened_at: datetime
    due_at: datetime
    logged: frozenset[str] = frozenset()  #: rungs that were sent or skipped before


@dataclass(frozen=True, kw_only=True)
class DueRungs:
    """What to do about one task now."""

    task_id: str
    send: Rung | None  #: the newest rung that is due and not yet logged
    skipped: tuple[Rung, ...]  #: older ones that nobody sent in time
    look_at: datetime | None  #: the next rung's instant, or earlier; None: none is to come


def ladder_of(task: OpenTask, calendar: Calendar) -> tuple[Rung, ...]:
    """The task's rungs, the earliest first."""
    escalates = task.element_id.startswith(ESCALATED)
    if task.ladder == LADDER_H:
        start = min(task.opened_at, task.due_at - timedelta(minutes=1))
        rungs = ladder_h(start, task.due_at)
    else:
        rungs = ladder_wd(calendar, _within_its_day(task.due_at), start=task.opened_at, escalate=escalates)
    return tuple(rung for rung in rungs if _holds(rung, task, escalates))


def due_rungs(tasks: Iterable[OpenTask], now: datetime, calendar: Calendar) -> tuple[DueRungs, ...]:
    """For each task: which rung to send at `now`, which to note as skipped, and when to look again."""
    return tuple(_due(task, now, calendar) for task in tasks)


def _due(task: OpenTask, now: datetime, calendar: Calendar) -> DueRungs:
    rungs = ladder_of(task, calendar)
    missed = [rung for rung in rungs if rung.at <= now and rung.code not in task.logged]
    # What was logged later than a rung that was not (a due date that moved) stays the last word.
    last = max((rung.at for rung in rungs if rung.code in task.logged), default=None)
    send = missed[-1] if missed and (last is None or missed[-1].at > last) else None
    to_come = [rung for rung in rungs if rung.at > now and rung.code not in task.logged]
    look_at = min((rung.at for rung in to_come), default=None)
    if look_at is not None and any(rung.provisional for rung in to_come):
        look_at = min(look_at, now + COUNT_AGAIN)
    return DueRungs(
        task_id=task.id, send=send, skipped=tuple(rung for rung in missed if rung is not send), look_at=look_at
    )


def _holds(rung: Rung, task: OpenTask, escalates: bool) -> bool:
    if task.department in JUDICIAL:
        return rung.code in _MILD
    return escalates or rung.code is not RungCode.R4


def _within_its_day(due: datetime) -> datetime:
    """24:00 of a day is due on that day, not on the next one."""
    return due - _MOMENT if due.astimezone(COUNTY_ZONE).timetz().replace(tzinfo=None) == time(0) else due
