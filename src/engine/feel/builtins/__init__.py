"""FEEL's built-in functions, one file per family of the standard's clause 10.3.4."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from engine.feel.builtins import booleans, contexts, conversion, dates, lists, numbers, ranges, statistics, strings
from engine.feel.builtins.registry import REGISTRY, call
from engine.feel.values import Function, type_name

if TYPE_CHECKING:
    from engine.feel.machine import Machine

FAMILIES = (booleans, contexts, conversion, dates, lists, numbers, ranges, statistics, strings)
#: The names of all built-in functions.
NAMES = frozenset(REGISTRY)

__all__ = ["FAMILIES", "NAMES", "REGISTRY", "as_function", "call", "type_of"]


@cache
def as_function(name: str) -> Function | None:
    """A built-in function as a value, or None."""
    if name not in NAMES:
        return None

    def invoke(machine: Machine, arguments: list[Any]) -> Any:
        return call(machine, name, arguments)

    parameters = tuple(parameter.name for parameter in REGISTRY[name][0].parameters)
    return Function(name, parameters, invoke, variadic=True)


def type_of(value: Any) -> str:
    """FEEL's name of a value's type."""
    return type_name(value)
