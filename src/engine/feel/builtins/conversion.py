"""Conversion functions: numbers, strings, and the constructors of temporal values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from engine.feel import temporal
from engine.feel.arithmetic import Undefined, finite
from engine.feel.builtins.registry import builtin
from engine.feel.values import DECIMAL128, Function, Range, YearsMonths

if TYPE_CHECKING:
    from engine.feel.machine import Machine

_Given = TypeVar("_Given")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)


@builtin("number(from: string, grouping separator?: string, decimal separator?: string)")
def number(_machine: Machine, text: str, grouping: str | None, point: str | None) -> Decimal:
    """The number that the text writes, with the given separators."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise Undefined("arguments")
    if grouping is not None and grouping == point:
        raise Undefined("arguments")
    if grouping:
        text = text.replace(grouping, "")
    if point:
        text = text.replace(point, ".")
    if len(text) > 200 or not _NUMBER.fullmatch(text):
        raise Undefined("arguments")
    return finite(DECIMAL128.create_decimal(text))


@builtin("number(from: number)")
def number_itself(_machine: Machine, value: Decimal) -> Decimal:
    """The number."""
    return value


@builtin("string(from: any)")
def string(machine: Machine, value: Any) -> str | None:
    """The value as text; null of null."""
    if value is None:
        return None
    text = value if type(value) is str else _text(value, machine, 0)
    machine.meter.check_text(len(text))
    return text


def number_text(value: Decimal) -> str:
    """A number without exponent, as long as that is reasonable."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -400 < exponent < 400:
        return f"{value:f}"
    return str(value)


def _text(value: Any, machine: Machine, level: int) -> str:
    machine.meter.charge(1)
    if level > 50:
        raise Undefined("out_of_range")
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is Decimal:
        return number_text(value)
    if type(value) is str:
        machine.meter.check_text(len(value))
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if type(value) is list:
        return "[" + ", ".join(_text(item, machine, level + 1) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)}: {_text(v, machine, level + 1)}" for k, v in value.items()) + "}"
    if type(value) is Range:
        return _range_text(value, machine, level)
    if isinstance(value, Function):
        return f"function {value.name}"
    return temporal.text_of(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w ]+", key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _range_text(value: Range, machine: Machine, level: int) -> str:
    start, end = _text(value.start, machine, level + 1), _text(value.end, machine, level + 1)
    return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"


@builtin("date(from: string)")
def date_of_text(_machine: Machine, text: str) -> date:
    """The date that the text writes."""
    return _given(temporal.parse_date(text))


@builtin("date(from: date|datetime)")
def date_of_instant(_machine: Machine, value: date) -> date:
    """The day of a date and time."""
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number)")
def date_of_parts(_machine: Machine, year: Decimal, month: Decimal, day: Decimal) -> date:
    """The date of year, month and day."""
    return date(_integer(year), _integer(month), _integer(day))


@builtin("time(from: string)")
def time_of_text(_machine: Machine, text: str) -> time:
    """The time of day that the text writes."""
    value = temporal.parse_time(text)
    if value is None:
        instant = temporal.parse_date_time(text)
        value = instant.timetz() if instant is not None else None
    return _given(value)


@builtin("time(from: date|datetime|time)")
def time_of_instant(_machine: Machine, value: date | time) -> time:
    """The time of day of a date and time; a date's is midnight UTC."""
    if isinstance(value, datetime):
        return value.timetz()
    return value if isinstance(value, time) else time(tzinfo=UTC)


@builtin("time(hour: number, minute: number, second: number, offset?: duration)")
def time_of_parts(_machine: Machine, hour: Decimal, minute: Decimal, second: Decimal, offset: Any) -> time:
    """The time of hour, minute, second and offset from UTC."""
    if offset is not None and (type(offset) is not timedelta or abs(offset) > timedelta(hours=18)):
        raise Undefined("arguments")
    whole = int(second)
    micro = int((second - whole) * 1_000_000)
    zone = temporal.offset_zone(offset) if offset is not None else None
    return time(_integer(hour), _integer(minute), whole, micro, zone)


@builtin("date and time(from: string)")
def instant_of_text(_machine: Machine, text: str) -> datetime:
    """The date and time that the text writes; a date alone means its beginning."""
    value = temporal.parse_date_time(text)
    if value is None:
        day = temporal.parse_date(text)
        value = datetime.combine(day, time()) if day is not None else None
    return _given(value)


@builtin("date and time(from: date|datetime)")
def instant_of_date(_machine: Machine, value: date) -> datetime:
    """The beginning of a date; a date and time as it is."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


@builtin("date and time(date: date|datetime, time: time)")
def instant_of_parts(_machine: Machine, day: date, clock: time) -> datetime:
    """The date and time of a date and a time."""
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


@builtin("date and time(date: datetime, timezone: string)")
def instant_in_zone(_machine: Machine, value: datetime, zone: str) -> datetime:
    """The same instant in another zone."""
    target = temporal.zone_named(zone)
    if target is None:
        raise Undefined("arguments")
    return value.astimezone(target) if value.tzinfo else value.replace(tzinfo=target)


@builtin("duration(from: string)")
def duration(_machine: Machine, text: str) -> timedelta | YearsMonths:
    """The duration that the text writes."""
    value = temporal.parse_duration(text)
    if value is None:
        raise Undefined("arguments")
    return value


@builtin("duration(from: duration)")
def duration_itself(_machine: Machine, value: timedelta | YearsMonths) -> timedelta | YearsMonths:
    """The duration."""
    return value


@builtin("years and months duration(from: date|datetime, to: date|datetime)")
def years_and_months(_machine: Machine, start: date, end: date) -> YearsMonths:
    """The whole months from one day to another."""
    return YearsMonths(temporal.months_between(start, end))


def _integer(value: Decimal) -> int:
    if abs(value) > 10**10:
        raise Undefined("out_of_range")
    return int(value)


def _given(value: _Given | None) -> _Given:
    if value is None:
        raise Undefined("arguments")
    return value
