"""The calendar: counts periods as the law does (domain.md 0.4, amendment M14). Frozen, pure, and never at a loss:
where a year is not published yet it guesses, and says so (`provisional`).

The day of receipt is not counted. Every count takes a date, or an aware instant of which the county's day is taken; a
naive time, a negative count and an absurd one are refused with `ValueError`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from engine.calendar import statutory
from engine.calendar.days import Day, Days
from engine.calendar.derivation import DayMark, Derivation, Roll, Unit
from engine.calendar.instants import county_day
from engine.clock import COUNTY_ZONE, require_aware

#: Ten years; a longer period is a slip of the pen.
MOST = {Unit.WORKDAYS: 2_500, Unit.DAYS: 3_660, Unit.MONTHS: 240, Unit.MINUTES: 5_270_400}


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days with 调休, the county's overrides, and provisional years."""

    overrides: Mapping[date, bool] = field(default_factory=dict)  #: day -> is it a working day
    loaded_through: date | None = None  #: last day that is published; None: as far as the package knows
    reasons: Mapping[date, str] = field(default_factory=dict)  #: day -> why it is overridden, shown in derivations
    _days: Days = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("overrides", "reasons"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        loaded_through = self.loaded_through or statutory.PUBLISHED_THROUGH
        object.__setattr__(self, "_days", Days(self.overrides, self.reasons, loaded_through))

    def day(self, day: date | datetime) -> Day:
        """What the day is, why, and whether that is provisional."""
        return self._days[county_day(day)]

    def is_workday(self, day: date | datetime) -> bool:
        """Whether the county's offices work on this day."""
        return self.day(day).workday

    def add_workdays(self, start: date | datetime, n: int | Decimal) -> Derivation:
        """The n-th working day after the start; n = 0 ends on the start itself, whatever day that is."""
        start, n = county_day(start), _count(n, Unit.WORKDAYS)
        marks: list[DayMark] = []
        end, number, provisional = start, 0, False
        if n:
            for day in self._days.after(start):
                if day.provisional:
                    provisional = True
                if day.workday:
                    number += 1
                    marks.append(DayMark(day.date, number, day.note))
                    if number == n:
                        end = day.date
                        break
                else:
                    marks.append(day.skipped)
        return Derivation(unit=Unit.WORKDAYS, start=start, count=n, days=tuple(marks), end=end, provisional=provisional)

    def workdays_between(self, a: date | datetime, b: date | datetime) -> int:
        """How many working days d there are with a < d <= b; 0 when b is not after a."""
        a, b = county_day(a), county_day(b)
        if b <= a:
            return 0
        first, last = self._days[a], self._days[b]
        count = last.before + last.workday - first.before - first.workday
        return count + sum(self._days.workdays_in(year) for year in range(a.year, b.year))

    def remaining_workdays(self, start: date | datetime, n: int | Decimal, suspended_on: date | datetime) -> int:
        """The working days left when a period of n is suspended: at least 1 (0.4-8)."""
        return max(1, _count(n, Unit.WORKDAYS) - self.workdays_between(start, suspended_on))

    def roll_forward(self, day: date | datetime) -> date:
        """The day itself if it is a working day, otherwise the next one (民法典 203)."""
        return self._rolled(county_day(day), 1)

    def roll_back(self, day: date | datetime) -> date:
        """The day itself if it is a working day, otherwise the last one before: for limits that protect the child."""
        return self._rolled(county_day(day), -1)

    def add_calendar_days(self, start: date | datetime, n: int | Decimal, roll: Roll = Roll.NONE) -> Derivation:
        """The n-th calendar day after the start, then rolled as told."""
        start, n = county_day(start), _count(n, Unit.DAYS)
        return self._ended(Unit.DAYS, start, n, start + timedelta(days=n), roll)

    def add_months(self, start: date | datetime, n: int | Decimal, roll: Roll = Roll.NONE) -> Derivation:
        """The corresponding date n months later, or that month's last day if there is none (民法典 202); rolled."""
        start, n = county_day(start), _count(n, Unit.MONTHS)
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        last = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
        return self._ended(Unit.MONTHS, start, n, last, roll)

    def add_minutes(self, start: datetime, n: int | Decimal) -> Derivation:
        """n minutes after an aware instant, through nights and holidays alike (0.4-7); `end` has offset +08:00."""
        instant, n = require_aware(start).astimezone(COUNTY_ZONE), _count(n, Unit.MINUTES)
        county_day(instant)
        return Derivation(unit=Unit.MINUTES, start=instant, count=n, end=instant + timedelta(minutes=n))

    def add_hours(self, start: datetime, n: int | Decimal) -> Derivation:
        """n hours after an aware instant; see `add_minutes`."""
        return self.add_minutes(start, n * 60)

    def last_workday_of_month(self, year: int, month: int) -> date:
        """The last working day of the month: where month-bound reports are due (DL-06)."""
        return self.roll_back(date(year, month, monthrange(year, month)[1]))

    def _rolled(self, day: date, step: int) -> date:
        while not self._days[day].workday:
            day += timedelta(days=step)
        return day

    def _ended(self, unit: Unit, start: date, n: int, nominal: date, roll: Roll) -> Derivation:
        """A period of days or months: its nominal last day, and the days over which it was rolled."""
        county_day(nominal)
        step = {Roll.NONE: 0, Roll.FORWARD: 1, Roll.BACK: -1}[roll]
        end = self._rolled(nominal, step) if step else nominal
        marks = [DayMark(nominal, n, self._days[nominal].note)]
        day = nominal
        while day != end:
            day += timedelta(days=step)
            marks.append(DayMark(day, None, self._days[day].note if day != end else "顺延" if step > 0 else "提前"))
        provisional = bool(step) and any(self._days[mark.day].provisional for mark in marks)
        return Derivation(
            unit=unit, start=start, count=n, roll=roll, days=tuple(marks), end=end, provisional=provisional
        )


def count_again(calendar: Calendar, old: Derivation) -> Derivation:
    """The same period by this calendar: what becomes of a provisional date when the 国办 notice is loaded."""
    match old.unit:
        case Unit.WORKDAYS:
            return calendar.add_workdays(old.start, old.count)
        case Unit.DAYS:
            return calendar.add_calendar_days(old.start, old.count, old.roll)
        case Unit.MONTHS:
            return calendar.add_months(old.start, old.count, old.roll)
        case Unit.MINUTES:
            return old


def _count(n: int | Decimal, unit: Unit) -> int:
    """The count as an int. FEEL's numbers come as Decimal; a whole one is taken."""
    if isinstance(n, Decimal) and n.is_finite() and n == n.to_integral_value():
        n = int(n)
    if isinstance(n, bool) or not isinstance(n, int):
        raise ValueError(f"a period is a whole number, not {n}")
    if n < 0:
        raise ValueError(f"a period cannot be negative: {n}")
    if n > MOST[unit]:
        raise ValueError(f"a period of {n} {unit.name.lower()} is longer than ten years")
    return n


@lru_cache(maxsize=1)
def default_calendar() -> Calendar:
    """The published calendar without overrides."""
    return Calendar()
