"""How built-in functions are declared and how a call finds the one that takes its arguments.

A declaration is written as FEEL's documentation writes it: `substring(string: string, start position: number, length?:
number)`. A name may be declared several times with other parameters. `...list: any` takes all remaining arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from engine.feel.arithmetic import Undefined
from engine.feel.values import Function, Range, YearsMonths, type_name

if TYPE_CHECKING:
    from engine.feel.machine import Machine

_TYPES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (date,),
    "time": (time,),
    "datetime": (datetime,),
    "duration": (timedelta, YearsMonths),
    "range": (Range,),
    "function": (Function,),
}
_SIGNATURE = re.compile(r"([^(]+)\((.*)\)", re.DOTALL)
_Declared = TypeVar("_Declared", bound=Callable[..., Any])
_PARAMETER = re.compile(r"(\.\.\.)?([^:?]+)(\?)?: ([a-z|]+)")


@dataclass(frozen=True)
class Parameter:
    """`types` empty takes anything, null too."""

    name: str
    types: tuple[type, ...]
    optional: bool
    rest: bool

    def take(self, value: Any) -> tuple[Any, bool]:
        """The argument as this parameter wants it: itself, the only element of a list, or a list of it."""
        if not self.types or type(value) in self.types:
            return value, True
        if value is None:
            return None, self.optional
        if type(value) is list and len(value) == 1 and type(value[0]) in self.types:
            return value[0], True
        if list in self.types:
            return [value], True
        if dict in self.types and isinstance(value, Mapping):
            return dict(value), True
        return None, False


@dataclass(frozen=True)
class Builtin:
    """One declaration of a built-in function."""

    name: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., Any]

    def bind(self, arguments: Sequence[Any], names: tuple[str, ...]) -> list[Any] | None:
        """The arguments in order, None if they do not fit in number or name."""
        parameters = self.parameters
        if names:
            given = dict(zip(names, arguments, strict=True))
            wanted = {parameter.name for parameter in parameters}
            required = {parameter.name for parameter in parameters if not parameter.optional}
            if len(given) != len(names) or not required <= given.keys() <= wanted:
                return None
            return [given.get(parameter.name) for parameter in parameters]
        if parameters and parameters[-1].rest:
            return list(arguments) if len(arguments) >= len(parameters) else None
        required_count = sum(not parameter.optional for parameter in parameters)
        if not required_count <= len(arguments) <= len(parameters):
            return None
        return [*arguments, *([None] * (len(parameters) - len(arguments)))]

    def fit(self, bound: list[Any]) -> list[Any] | None:
        """The arguments converted to the parameters' types, None if one is of another type."""
        parameters = self.parameters
        result = []
        for index, value in enumerate(bound):
            parameter = parameters[index] if index < len(parameters) else parameters[-1]
            taken, possible = parameter.take(value)
            if not possible:
                return None
            result.append(taken)
        return result


REGISTRY: dict[str, list[Builtin]] = {}


def builtin(*signatures: str) -> Callable[[_Declared], _Declared]:
    """Declare a function under its signatures. It gets the machine first; `Undefined` makes null of the call."""

    def declare(function: _Declared) -> _Declared:
        for signature in signatures:
            match = _SIGNATURE.fullmatch(signature)
            if match is None:
                raise ValueError(f"no signature: {signature}")
            parts = [part.strip() for part in match[2].split(",") if part.strip()]
            parameters = tuple(_parameter(part) for part in parts)
            REGISTRY.setdefault(match[1], []).append(Builtin(match[1], parameters, function))
        return function

    return declare


def _parameter(text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise ValueError(f"no parameter: {text}")
    kinds = [] if match[4] == "any" else match[4].split("|")
    types = tuple(kind for name in kinds for kind in _TYPES[name])
    return Parameter(match[2], types, match[3] is not None, match[1] is not None)


def call(machine: Machine, name: str, arguments: list[Any], names: tuple[str, ...] = ()) -> Any:
    """Call a built-in function; null with a warning where no declaration takes these arguments."""
    meter = machine.meter
    for value in arguments:
        if type(value) is list:
            meter.charge(len(value))
        elif type(value) is str and len(value) > 100:
            meter.charge(len(value) // 100)
    for candidate in REGISTRY[name]:
        bound = candidate.bind(arguments, names)
        fitted = candidate.fit(bound) if bound is not None else None
        if fitted is None:
            continue
        try:
            return candidate.function(machine, *fitted)
        except Undefined as reason:
            machine.warn(str(reason), name)
            return None
        except (OverflowError, ValueError):
            machine.warn("out_of_range", name)
            return None
    machine.warn("arguments", f"{name}({', '.join(type_name(value) for value in arguments)})")
    return None
