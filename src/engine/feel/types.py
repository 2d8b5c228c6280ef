"""FEEL's types: `instance of`, and the implicit conversions of arguments and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.budget import DEFAULT, Meter
from engine.feel.nodes import TypeOf
from engine.feel.values import Function, Range, YearsMonths

ANY = TypeOf("Any")

_SIMPLE: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (Decimal,),
    "boolean": (bool,),
    "date": (date,),
    "time": (time,),
    "date and time": (datetime,),
    "dateTime": (datetime,),
    "days and time duration": (timedelta,),
    "dayTimeDuration": (timedelta,),
    "years and months duration": (YearsMonths,),
    "yearMonthDuration": (YearsMonths,),
}
_SYNONYMS = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


@dataclass(frozen=True)
class Declared:
    """A type that a decision model names: its structure, and a test of single values if some are not allowed."""

    type: TypeOf
    allowed: Callable[[Any], bool] | None = None


#: The named types of a model.
Types = Mapping[str, Declared]


def known(kind: TypeOf, types: Types) -> bool:
    """Whether the type's own name means something."""
    return (
        kind.name in _SIMPLE
        or kind.name in types
        or kind.name in ("Any", "Null", "list", "context", "range", "function")
    )


def conforms(
    value: Any, kind: TypeOf, types: Types, *, null: bool = False, allowed: bool = True, meter: Meter | None = None
) -> bool:
    """Whether the value belongs to the type; `null`: null belongs to every type, as in assignments.

    `allowed`: a type's allowed values count too; `instance of` looks at the structure only. The meter counts elements.
    """
    if value is None:
        return null or kind.name == "Null"
    name = kind.name
    simple = _SIMPLE.get(name)
    if simple is not None:
        return type(value) in simple
    if name == "Any":
        return True
    declared = types.get(name)
    if declared is not None:
        if not conforms(value, declared.type, types, null=null, allowed=allowed, meter=meter):
            return False
        return not allowed or declared.allowed is None or declared.allowed(value)
    if name in ("list", "context"):
        meter = meter or Meter(DEFAULT)
        meter.charge(len(kind.parts) if name == "context" else len(value) if type(value) is list else 1)
    if name == "list":
        return type(value) is list and (
            not kind.parts
            or all(conforms(v, kind.parts[0], types, null=True, allowed=allowed, meter=meter) for v in value)
        )
    if name == "context":
        return isinstance(value, Mapping) and all(
            key in value and conforms(value[key], part, types, null=True, allowed=allowed, meter=meter)
            for key, part in zip(kind.keys, kind.parts, strict=True)
        )
    if name == "range":
        return type(value) is Range and (
            not kind.parts
            or all(
                conforms(v, kind.parts[0], types, null=True, allowed=allowed, meter=meter)
                for v in (value.start, value.end)
            )
        )
    if name == "function":
        return isinstance(value, Function) and _function_conforms(value, kind, types)
    return False


def _function_conforms(value: Function, kind: TypeOf, types: Types) -> bool:
    if kind.result is None:
        return True
    if not kind.parts and kind.result.name == "Any" and not value.types:
        return True
    if len(kind.parts) != len(value.parameters):
        return False
    given = value.types or (None,) * len(value.parameters)
    if not all(subtype(want, have or ANY, types) for want, have in zip(kind.parts, given, strict=True)):
        return False
    return subtype(value.result or ANY, kind.result, types)


def subtype(narrow: TypeOf, wide: TypeOf, types: Types) -> bool:
    """Whether every value of `narrow` is one of `wide`."""
    narrow, wide = _resolved(narrow, types), _resolved(wide, types)
    if wide.name == "Any" or narrow.name == "Null":
        return True
    if narrow.name != wide.name:
        return False
    if narrow.name in ("list", "range"):
        return not wide.parts or (bool(narrow.parts) and subtype(narrow.parts[0], wide.parts[0], types))
    if narrow.name == "context":
        have = dict(zip(narrow.keys, narrow.parts, strict=True))
        return all(k in have and subtype(have[k], part, types) for k, part in zip(wide.keys, wide.parts, strict=True))
    if narrow.name == "function":
        return (
            len(narrow.parts) == len(wide.parts)
            and all(subtype(w, n, types) for n, w in zip(narrow.parts, wide.parts, strict=True))
            and subtype(narrow.result or ANY, wide.result or ANY, types)
        )
    return True


def _resolved(kind: TypeOf, types: Types) -> TypeOf:
    for _ in range(20):
        declared = types.get(kind.name)
        if declared is None:
            break
        kind = declared.type
    return TypeOf(_SYNONYMS.get(kind.name, kind.name), kind.parts, kind.keys, kind.result)


def converted(value: Any, kind: TypeOf, types: Types, meter: Meter | None = None) -> tuple[Any, bool]:
    """The value as that type: itself, a list's only element, a list of it, a date's midnight. False: not possible."""
    if conforms(value, kind, types, null=True, meter=meter):
        return value, True
    if type(value) is list and len(value) == 1 and conforms(value[0], kind, types, null=True, meter=meter):
        return value[0], True
    target = _resolved(kind, types)
    if target.name == "list" and type(value) is not list and conforms([value], kind, types, null=True, meter=meter):
        return [value], True
    if target.name == "date and time" and type(value) is date:
        return midnight_utc(value), True
    return None, False


def midnight_utc(day: date) -> datetime:
    """A date as the date and time at which it begins, in UTC (clause 10.3.2.9.4)."""
    return datetime.combine(day, time(), UTC)
