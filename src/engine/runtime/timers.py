"""When a timer is due and when its next round is: pure arithmetic on the value of its expression.

A missed round is not caught up: after an outage one firing stands for all rounds that passed (docs/adr/0001). Rounds
are counted from the first instant, so that `R/P3M` does not drift.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.clock import COUNTY_ZONE
from engine.feel.values import YearsMonths

_CYCLE = re.compile(r"^R(?P<count>\d*)/(?P<rest>.+)$")
_ISO_DURATION = re.compile(
    r"^(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)
#: A bare literal of one of these shapes needs no FEEL.
ISO_LITERAL = re.compile(r"^(R\d*/.+|-?P[0-9YMWDTHS.]+|\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:?\d{2})?)?)$")


class TimerValueInvalid(ValueError):
    """The value of a timer's expression is no duration, instant or repetition."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A length of time: whole months (calendar) and the rest."""

    months: int = 0
    rest: timedelta = timedelta(0)

    def times(self, count: int) -> Interval:
        return Interval(months=self.months * count, rest=self.rest * count)


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A repetition: rounds at `origin + k * interval`, k = 1, 2, … ; `count` None means without end."""

    origin: datetime
    interval: Interval
    count: int | None


def add(instant: datetime, interval: Interval) -> datetime:
    """The instant moved by the interval. Months are added in county time and end at the month's last day if needed.

    Raises `TimerValueInvalid` beyond the years that a calendar holds.
    """
    try:
        return _added(instant, interval)
    except (OverflowError, ValueError) as error:
        raise TimerValueInvalid("定时超出了日历的范围") from error


def _added(instant: datetime, interval: Interval) -> datetime:
    local = instant.astimezone(COUNTY_ZONE)
    if interval.months:
        total = local.year * 12 + (local.month - 1) + interval.months
        year, month = divmod(total, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        local = local.replace(year=year, month=month + 1, day=day)
    return local.astimezone(UTC) + interval.rest


def parse_interval(text: str) -> Interval:
    """Read an ISO 8601 duration such as `P5D`, `PT1H`, `P3M`. Raises `TimerValueInvalid`."""
    match = _ISO_DURATION.match(text)
    if match is None or text.endswith(("P", "T")):
        raise TimerValueInvalid(f"「{text}」不是 ISO 8601 时长,例如 P5D、PT2H、P3M")
    parts = {
        name: float(value) if name == "seconds" else int(value)
        for name, value in match.groupdict().items()
        if value is not None and name != "sign"
    }
    try:
        rest = timedelta(**{name: parts.get(name, 0) for name in ("weeks", "days", "hours", "minutes", "seconds")})
    except OverflowError as error:
        raise TimerValueInvalid(f"时长「{text}」太长") from error
    sign = -1 if match["sign"] else 1
    return Interval(months=sign * int(parts.get("years", 0) * 12 + parts.get("months", 0)), rest=sign * rest)


def _parse_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise TimerValueInvalid(f"「{text}」不是日期时间,例如 2025-10-15T00:00:00+08:00") from error
    return instant_of(instant)


def instant_of(value: date | datetime) -> datetime:
    """An aware instant in UTC; a bare date is its first moment in county time, a naive time is county time."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(0))
    if value.tzinfo is None:
        value = value.replace(tzinfo=COUNTY_ZONE)
    return value.astimezone(UTC)


def due_of(value: Any, now: datetime) -> datetime:
    """When a one-shot timer is due, from the value of its expression. Raises `TimerValueInvalid`."""
    if isinstance(value, str):
        if value.startswith(("P", "-P")):
            return add(now, parse_interval(value))
        return _parse_instant(value)
    if isinstance(value, (date, datetime)):
        return instant_of(value)
    if isinstance(value, timedelta):
        return now.astimezone(UTC) + value
    if isinstance(value, YearsMonths):
        return add(now, Interval(months=value.months))
    raise TimerValueInvalid("定时表达式没有得到时长、日期或日期时间")


def cycle_of(value: Any, now: datetime) -> Cycle:
    """A repetition from the value of a cycle timer's expression (`R3/PT1H`, `R/<start>/P1D`, or a duration)."""
    if isinstance(value, timedelta):
        return _checked(Cycle(origin=now.astimezone(UTC), interval=Interval(rest=value), count=None))
    if isinstance(value, YearsMonths):
        return _checked(Cycle(origin=now.astimezone(UTC), interval=Interval(months=value.months), count=None))
    match = _CYCLE.match(value) if isinstance(value, str) else None
    if match is None:
        raise TimerValueInvalid("循环定时应写作 R3/PT1H 或 R/2025-01-01T09:00:00+08:00/P1D")
    count = int(match["count"]) if match["count"] else None
    first, _, second = match["rest"].partition("/")
    if not second:
        return _checked(Cycle(origin=now.astimezone(UTC), interval=parse_interval(first), count=count))
    if first.startswith("P"):
        interval = parse_interval(first)
        end = _parse_instant(second)
        back = Interval(months=-interval.months, rest=-interval.rest).times(count or 1)
        return _checked(Cycle(origin=add(end, back), interval=interval, count=count))
    interval = parse_interval(second)
    back = Interval(months=-interval.months, rest=-interval.rest)
    return _checked(Cycle(origin=add(_parse_instant(first), back), interval=interval, count=count))


def _checked(cycle: Cycle) -> Cycle:
    if add(cycle.origin, cycle.interval) <= cycle.origin:
        raise TimerValueInvalid("循环定时的间隔必须大于零")
    return cycle


def round_due(cycle: Cycle, number: int) -> datetime | None:
    """When the given round (1, 2, …) is due; None when there is no such round."""
    if cycle.count is not None and number > cycle.count:
        return None
    return add(cycle.origin, cycle.interval.times(number))


def round_after(cycle: Cycle, number: int, now: datetime) -> int | None:
    """The first round after `number` that lies in the future: rounds missed meanwhile are not caught up."""
    candidate = number + 1
    step = 1
    due = round_due(cycle, candidate)
    while due is not None and due <= now:  # gallop, so that a year of missed minutes costs little
        candidate, step = candidate + step, step * 2
        due = round_due(cycle, candidate)
    low, high = number + 1, candidate
    while low < high:
        middle = (low + high) // 2
        middle_due = round_due(cycle, middle)
        if middle_due is not None and middle_due <= now:
            low = middle + 1
        else:
            high = middle
    return low if round_due(cycle, low) is not None else None
