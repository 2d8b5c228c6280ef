"""What may stand after a dot: a context's key, or one of the listed components of a temporal value or a range.

Nothing here reads an attribute by a name that the text supplies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.budget import Meter
from engine.feel.values import Range, YearsMonths

#: Answer for a component that the value does not have.
MISSING = object()


def _number(value: int) -> Decimal:
    return Decimal(value)


def _zone(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _signed(value: timedelta, unit: int, modulo: int | None) -> Decimal:
    seconds = abs(value).days * 86_400 + abs(value).seconds
    number = seconds // unit if modulo is None else seconds // unit % modulo
    return Decimal(-number if value < timedelta() else number)


def _seconds(value: timedelta) -> Decimal:
    size = abs(value)
    number = Decimal(size.seconds % 60) + Decimal(size.microseconds) / 1_000_000
    return -number if value < timedelta() else number


_DAY: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: _number(v.year),
    "month": lambda v: _number(v.month),
    "day": lambda v: _number(v.day),
    "weekday": lambda v: _number(v.isoweekday()),
}
_CLOCK: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: _number(v.hour),
    "minute": lambda v: _number(v.minute),
    "second": lambda v: Decimal(v.second) + Decimal(v.microsecond) / 1_000_000 if v.microsecond else _number(v.second),
    "time offset": lambda v: v.utcoffset(),
    "timezone": _zone,
}
_COMPONENTS: dict[type, dict[str, Callable[[Any], Any]]] = {
    date: _DAY,
    datetime: {**_DAY, **_CLOCK},
    time: _CLOCK,
    YearsMonths: {
        "years": lambda v: _number(abs(v.months) // 12 * (-1 if v.months < 0 else 1)),
        "months": lambda v: _number(abs(v.months) % 12 * (-1 if v.months < 0 else 1)),
    },
    timedelta: {
        "days": lambda v: _signed(v, 86_400, None),
        "hours": lambda v: _signed(v, 3600, 24),
        "minutes": lambda v: _signed(v, 60, 60),
        "seconds": _seconds,
    },
    Range: {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}


def component(value: Any, name: str, meter: Meter) -> Any:
    """`value.name`, projected over lists; `MISSING` where there is no such component."""
    table = _COMPONENTS.get(type(value))
    if table is not None:
        read = table.get(name)
        return MISSING if read is None else read(value)
    if isinstance(value, Mapping):
        return value.get(name, MISSING)
    if isinstance(value, (list, tuple)):
        meter.charge(len(value))
        found = (component(item, name, meter) for item in value)
        return [None if item is MISSING else item for item in found]
    return MISSING
