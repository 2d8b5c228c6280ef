"""JSON that gives FEEL's values back as they were: decimals, dates, times and durations carry a tag.

Used where a stored value comes back into a computation (stimuli, job parameters). What is only shown is plain JSON, in
which those values are text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from engine.feel.values import YearsMonths

_TAG = "$"


def pack(value: Any) -> Any:
    """Turn a FEEL value into plain JSON values. Raises `TypeError` for what is no FEEL value."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return {_TAG: "number", "v": str(value)}
    if isinstance(value, datetime):
        return {_TAG: "datetime", "v": value.isoformat()}
    if isinstance(value, date):
        return {_TAG: "date", "v": value.isoformat()}
    if isinstance(value, time):
        return {_TAG: "time", "v": value.isoformat()}
    if isinstance(value, timedelta):
        return {_TAG: "duration", "v": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, YearsMonths):
        return {_TAG: "months", "v": value.months}
    if isinstance(value, Mapping):
        packed = {str(key): pack(item) for key, item in value.items()}
        return {_TAG: "context", "v": packed} if _TAG in packed else packed
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    raise TypeError(f"cannot be stored: {type(value).__name__}")


_UNPACK: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda parts: timedelta(days=parts[0], seconds=parts[1], microseconds=parts[2]),
    "months": lambda months: YearsMonths(months),
    "context": lambda items: {key: unpack(item) for key, item in items.items()},
}


def unpack(value: Any) -> Any:
    """The inverse of `pack`."""
    if isinstance(value, dict):
        tag = value.get(_TAG)
        if isinstance(tag, str):
            return _UNPACK[tag](value["v"])
        return {key: unpack(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unpack(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta | YearsMonths):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"cannot be shown as JSON: {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def dumps(value: Any) -> str:
    """Plain JSON text; decimals, dates and times become text in it."""
    return _encoder.encode(value).decode()


def loads(text: str | bytes) -> Any:
    """Read JSON text."""
    return msgspec.json.decode(text)
