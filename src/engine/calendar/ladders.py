"""The standard ladders: when who is reminded of a task that is nearly or already late (domain.md 0.6). Pure: a ladder
is only a list of instants; sending is somebody else's work, and an overdue opinion is chased, never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from engine.calendar.instants import CLOSING_TIME, county_day, county_instant, due_at
from engine.calendar.workdays import Calendar
from engine.clock import require_aware

#: When the rungs of working days are sent.
MORNING = time(9, 0)


class RungCode(StrEnum):
    """The four rungs, and one before them that a process sends by itself."""

    R0 = "R0"  #: 内部提醒
    R1 = "R1"  #: 提醒
    R2 = "R2"  #: 催办
    R3 = "R3"  #: 督办
    R4 = "R4"  #: 升级


RUNG_NAMES = {
    RungCode.R0: "内部提醒",
    RungCode.R1: "提醒",
    RungCode.R2: "催办",
    RungCode.R3: "督办",
    RungCode.R4: "升级",
}


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One reminder to come."""

    code: RungCode
    at: datetime  #: in UTC
    provisional: bool = False  #: lies in days that are not published yet

    @property
    def name(self) -> str:
        """内部提醒, 提醒, 催办, 督办 or 升级."""
        return RUNG_NAMES[self.code]


def ladder_wd(
    calendar: Calendar,
    due: date | datetime,
    *,
    start: date | datetime | None = None,
    closing: time = CLOSING_TIME,
    escalate: bool = True,
) -> tuple[Rung, ...]:
    """LADDER_WD: 09:00 of the last working day before `due` (left out if that is not after the start day), `due`
    itself, 09:00 one and three working days after. `escalate=False` leaves out R4, which few deadlines have (M16)."""
    day = county_day(due)
    rungs = []
    reminder = calendar.roll_back(day - timedelta(days=1))
    if start is None or reminder > county_day(start):
        rungs.append(_morning(RungCode.R1, reminder, calendar.day(reminder).provisional))
    rungs.append(Rung(code=RungCode.R2, at=due_at(due, closing), provisional=calendar.day(day).provisional))
    for code, after in ((RungCode.R3, 1), (RungCode.R4, 3)):
        if code is RungCode.R3 or escalate:
            late = calendar.add_workdays(day, after)
            rungs.append(_morning(code, late.end, late.provisional))
    return tuple(rungs)


def ladder_h(start: datetime, due: datetime) -> tuple[Rung, ...]:
    """LADDER_H: half of the time used, `due`, 30 and 60 minutes after; 24 hours a day, all days.

    `ValueError` for naive times or a due time that is not after the start.
    """
    start, due = require_aware(start), require_aware(due)
    if due <= start:
        raise ValueError(f"due at {due.isoformat()}, which is not after the start {start.isoformat()}")
    return (
        Rung(code=RungCode.R1, at=start + (due - start) / 2),
        Rung(code=RungCode.R2, at=due),
        Rung(code=RungCode.R3, at=due + timedelta(minutes=30)),
        Rung(code=RungCode.R4, at=due + timedelta(minutes=60)),
    )


def _morning(code: RungCode, day: date, provisional: bool) -> Rung:
    return Rung(code=code, at=county_instant(day, MORNING).astimezone(UTC), provisional=provisional)
