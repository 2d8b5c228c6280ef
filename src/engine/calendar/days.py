"""The calendar's days, year by year: what each is, why, and whether that is certain. Made once per year and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from engine.calendar import statutory
from engine.calendar.derivation import DayMark

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SATURDAY = 5


class Day(NamedTuple):
    """One day of the calendar."""

    date: date
    workday: bool
    note: str  #: 周六, 国庆节, 调休, or the override's reason; "" on a plain working day
    provisional: bool  #: guessed, because nothing is published about the day yet
    before: int  #: working days of the year before this day
    skipped: DayMark  #: the mark of this day in a count of working days in which it does not count


class Days:
    """All days, looked up by date. Years are built when first asked for; building one twice does no harm."""

    def __init__(self, overrides: Mapping[date, bool], reasons: Mapping[date, str], loaded_through: date) -> None:
        self._overrides = overrides
        self._reasons = reasons
        self._loaded_through = loaded_through
        self._years: dict[int, tuple[Day, ...]] = {}

    def year(self, number: int) -> tuple[Day, ...]:
        """Every day of the year, in order."""
        days = self._years.get(number)
        if days is None:
            days = self._years[number] = self._build(number)
        return days

    def __getitem__(self, day: date) -> Day:
        return self.year(day.year)[day.timetuple().tm_yday - 1]

    def after(self, day: date) -> Iterator[Day]:
        """The days after this one, without end."""
        year, index = day.year, day.timetuple().tm_yday
        while True:
            yield from self.year(year)[index:]
            year, index = year + 1, 0

    def workdays_in(self, number: int) -> int:
        """How many working days the year has."""
        last = self.year(number)[-1]
        return last.before + last.workday

    def _build(self, number: int) -> tuple[Day, ...]:
        days = []
        day, before = date(number, 1, 1), 0
        while day.year == number:
            workday, note, provisional = self._judge(day)
            days.append(Day(day, workday, note, provisional, before, DayMark(day, None, note)))
            before += workday
            day += timedelta(days=1)
        return tuple(days)

    def _judge(self, day: date) -> tuple[bool, str, bool]:
        """Whether it is a working day, the note, and whether that is provisional."""
        weekend = day.weekday() >= _SATURDAY
        if day in self._overrides:
            workday = self._overrides[day]
            return workday, self._reasons.get(day) or _override_note(workday, weekend), False
        known = statutory.published(day) if day <= self._loaded_through else None
        if known is None:
            provisional = day > self._loaded_through or day < statutory.PUBLISHED_FROM
            holiday = statutory.fixed_holiday(day)
            rest = weekend or holiday is not None
            return not rest, holiday or (_WEEKDAYS[day.weekday()] if weekend else ""), provisional
        if known.workday:
            return True, "调休" if weekend else "", False
        return False, known.holiday or _WEEKDAYS[day.weekday()], False


def _override_note(workday: bool, weekend: bool) -> str:
    if workday:
        return "调休" if weekend else ""
    return "放假"
