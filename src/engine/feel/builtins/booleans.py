"""Boolean functions and `is`."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from engine.feel.builtins.registry import builtin
from engine.feel.comparison import equal

if TYPE_CHECKING:
    from engine.feel.machine import Machine


@builtin("not(negand: any)")
def negation(_machine: Machine, negand: Any) -> bool | None:
    """The opposite; null of anything that is no boolean."""
    return not negand if type(negand) is bool else None


@builtin("is(value1?: any, value2?: any)")
def same(machine: Machine, left: Any, right: Any) -> bool:
    """Whether two values are the same element of the same type; for times, zone included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, datetime | time):
        return bool(left.replace(tzinfo=None) == right.replace(tzinfo=None)) and _zone(left) == _zone(right)
    return equal(left, right, None, machine.meter) is True


def _zone(value: datetime | time) -> str:
    return "" if value.tzinfo is None else str(value.tzinfo)


@builtin("all(list: list)", "all(...list: any)")
def every(_machine: Machine, *given: Any) -> bool | None:
    """false if any is false, null if any is no boolean, true otherwise."""
    values = _values(given)
    if False in [value for value in values if type(value) is bool]:
        return False
    return True if all(type(value) is bool for value in values) else None


@builtin("any(list: list)", "any(...list: any)")
def some(_machine: Machine, *given: Any) -> bool | None:
    """true if any is true, null if any is no boolean, false otherwise."""
    values = _values(given)
    if True in [value for value in values if type(value) is bool]:
        return True
    return False if all(type(value) is bool for value in values) else None


def _values(given: tuple[Any, ...]) -> list[Any]:
    return given[0] if len(given) == 1 and type(given[0]) is list else list(given)
