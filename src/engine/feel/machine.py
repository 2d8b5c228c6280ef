"""One evaluation: what it may read, what it has spent, what it has noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any

from engine.feel.arithmetic import Undefined
from engine.feel.budget import Budget, Meter
from engine.feel.components import MISSING
from engine.feel.types import Types
from engine.feel.values import Function, Warning, clean

_WARNING_LIMIT = 50


class Machine:
    """The state of one evaluation; built-in functions get it as their first argument."""

    __slots__ = ("cleaned", "functions", "meter", "names", "now", "types", "warnings")

    def __init__(
        self,
        names: Mapping[str, Any],
        functions: Mapping[str, Callable[..., Any]],
        now: datetime | None,
        budget: Budget,
        types: Types,
    ) -> None:
        self.names = names
        self.functions = functions
        self.now = now
        self.types = types
        self.meter = Meter(budget)
        self.warnings: list[Warning] = []
        self.cleaned: dict[str, Any] = {}

    @property
    def zone(self) -> tzinfo | None:
        """The zone of times that name none."""
        return self.now.tzinfo if self.now is not None else None

    def warn(self, code: str, detail: str = "") -> None:
        """Keep the reason of a null."""
        if len(self.warnings) < _WARNING_LIMIT:
            warning = Warning(code, detail[:200])
            if warning not in self.warnings:
                self.warnings.append(warning)

    def outer(self, name: str) -> Any:
        """A name from outside as a FEEL value, or `MISSING`."""
        if name in self.cleaned:
            return self.cleaned[name]
        value = self.names.get(name, MISSING)
        if value is not MISSING:
            value = self.cleaned[name] = self.taken(value, name)
        return value

    def taken(self, value: Any, name: str) -> Any:
        """A value from outside as a FEEL value."""
        result = clean(value)
        if result is None and value is not None:
            self.warn("value", name)
        return result

    def invoke(self, function: Function, arguments: list[Any]) -> Any:
        """Call a function value; null with a warning where it fails."""
        self.meter.charge(1)
        if not function.variadic and len(arguments) != len(function.parameters):
            self.warn("arguments", function.name)
            return None
        self.meter.descend(function.levels + 1)
        try:
            return function.invoke(self, arguments)
        except Undefined as reason:
            self.warn(str(reason), function.name)
            return None
        finally:
            self.meter.ascend(function.levels + 1)

    def local_now(self) -> datetime:
        """The instant of the evaluation; `Undefined` if the caller gave none."""
        if self.now is None:
            raise Undefined("value")
        return self.now

    def local_day(self) -> date:
        """The day of the evaluation."""
        return self.local_now().date()

    def at_midnight(self, day: date) -> datetime:
        """The beginning of a day, without a zone."""
        return datetime.combine(day, time())


class Scope:
    """Names bound by an expression, around those from outside. `item` is the element that a filter looks at."""

    __slots__ = ("item", "machine", "parent", "values")

    def __init__(self, machine: Machine, values: Mapping[str, Any], parent: Scope | None, item: Any = MISSING) -> None:
        self.machine = machine
        self.values = values
        self.parent = parent
        self.item = item

    def find(self, name: str) -> Any:
        """The value of a name, or `MISSING`."""
        value, outside = self.find_raw(name)
        return self.root().outer(name) if outside else value

    def find_raw(self, name: str) -> tuple[Any, bool]:
        """The value of a name as it was given, or `MISSING`; and whether it comes from outside."""
        scope = self
        while scope.parent is not None:
            if name in scope.values:
                return scope.values[name], False
            if name == "item" and scope.item is not MISSING:
                return scope.item, False
            scope = scope.parent
        value = scope.machine.names.get(name, MISSING)
        return value, value is not MISSING

    def root(self) -> Machine:
        """The machine that holds the names from outside."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope.machine
