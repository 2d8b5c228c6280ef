"""Dates, times and durations as text, and the arithmetic of months.

Years run from 1 to 9999 (Python's), fractions of a second to the microsecond; what lies outside is no value.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.values import YearsMonths

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:(?P<z>Z|z)|(?P<sign>[+-])(?P<oh>\d\d):(?P<om>\d\d)(?::(?P<os>\d\d))?|@(?P<zone>[A-Za-z][A-Za-z0-9_+\-/]{0,60}))?"
)
_FULL_DATE = re.compile(_DATE, re.ASCII)
_FULL_TIME = re.compile(_TIME, re.ASCII)
_FULL_DATE_TIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,10})Y)?(?:(\d{1,10})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,10})D)?(?P<t>T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15})(?:\.(\d*))?S)?)?", re.ASCII
)


def parse_date(text: str) -> date | None:
    """`2026-09-25` as a date, or None."""
    match = _FULL_DATE.fullmatch(text)
    return _date(match) if match else None


def parse_time(text: str) -> time | None:
    """`10:30:00`, with fraction, offset or `@Zone`, as a time, or None."""
    match = _FULL_TIME.fullmatch(text)
    return _time(match) if match else None


def parse_date_time(text: str) -> datetime | None:
    """A date and a time joined by T, or None."""
    match = _FULL_DATE_TIME.fullmatch(text)
    if match is None:
        return None
    day, clock = _date(match), _time(match)
    return datetime.combine(day, clock) if day is not None and clock is not None else None


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """An ISO 8601 duration of one of FEEL's two kinds, or None."""
    match = _MONTHS.fullmatch(text)
    if match and text[-1] != "P":
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or text[-1] in "PT":
        return None
    micro = int(((match[7] or "") + "000000")[:6])
    try:
        size = timedelta(
            days=int(match[2] or 0),
            hours=int(match[4] or 0),
            minutes=int(match[5] or 0),
            seconds=int(match[6] or 0),
            microseconds=micro,
        )
        return -size if match[1] else size
    except OverflowError:
        return None


def parse_any(text: str) -> Any:
    """What `@"..."` means: a duration, a date and time, a date or a time; None if it is none of them."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    for parse in (parse_date_time, parse_date, parse_time):
        value = parse(text)
        if value is not None:
            return value
    return None


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _time(match: re.Match[str]) -> time | None:
    zone: tzinfo | None = None
    try:
        if match["z"]:
            zone = UTC
        elif match["zone"]:
            zone = zone_named(match["zone"])
            if zone is None:
                return None
        elif match["sign"]:
            offset = timedelta(hours=int(match["oh"]), minutes=int(match["om"]), seconds=int(match["os"] or 0))
            if int(match["om"]) > 59 or offset > timedelta(hours=18):
                return None
            zone = offset_zone(-offset if match["sign"] == "-" else offset)
        micro = int(((match["fraction"] or "") + "000000")[:6])
        return time(int(match["hour"]), int(match["minute"]), int(match["second"]), micro, zone)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """The zone of the tz database with that name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset_zone(offset: timedelta) -> tzinfo:
    """A zone of fixed offset."""
    return timezone(offset) if offset else UTC


def _zone_text(value: datetime | time) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = value.utcoffset() or timedelta()
    if not offset:
        return "Z"
    seconds = int(abs(offset).total_seconds())
    text = f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return text + (f":{seconds % 60:02d}" if seconds % 60 else "")


def time_text(value: datetime | time) -> str:
    """The time of day as FEEL writes it."""
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    return text + _zone_text(value)


def text_of(value: Any) -> str:
    """A temporal value as FEEL's `string` writes it."""
    if isinstance(value, datetime):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}T{time_text(value)}"
    if isinstance(value, time):
        return time_text(value)
    if isinstance(value, timedelta):
        return duration_text(value)
    return str(value)


def duration_text(value: timedelta) -> str:
    """A days and time duration in its normal form, such as P1DT2H."""
    size = abs(value)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{size.microseconds:06d}".rstrip("0") if size.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    text = (f"{size.days}D" if size.days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value < timedelta() else "P") + (text or "T0S")


def add_months(day: date, months: int) -> date | None:
    """The same day of the month so many months on, or that month's last day; None outside of the years 1 to 9999."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def months_between(start: date, end: date) -> int:
    """Whole months from start to end; negative when end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    clock_start = start.time() if isinstance(start, datetime) else time()
    clock_end = end.time() if isinstance(end, datetime) else time()
    if months > 0 and (end.day, clock_end) < (start.day, clock_start):
        months -= 1
    elif months < 0 and (end.day, clock_end) > (start.day, clock_start):
        months += 1
    return months


def microseconds(value: timedelta) -> int:
    """A duration as a whole number of microseconds."""
    return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
