"""`for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import nodes
from engine.feel.analysis import mentions
from engine.feel.arithmetic import Undefined
from engine.feel.budget import Meter
from engine.feel.errors import BudgetExceeded
from engine.feel.machine import Scope
from engine.feel.values import Range, type_name

Walk = Callable[[nodes.Node, Scope], Any]


def repeat(node: nodes.For, scope: Scope, walk: Walk) -> list[Any] | None:
    """The list of the body's values; `partial` is the list so far."""
    results: list[Any] = []
    meter = scope.machine.meter
    limit = meter.budget.elements
    wants_partial = mentions(node.body, "partial")
    try:
        for inner in _bindings(node.iterators, 0, scope, walk):
            if wants_partial:
                meter.charge(len(results))
                inner = Scope(scope.machine, {"partial": list(results)}, inner)
            results.append(walk(node.body, inner))
            if len(results) > limit:
                raise BudgetExceeded("elements", limit)
    except Undefined as reason:
        scope.machine.warn(str(reason), "for")
        return None
    return results


def quantify(node: nodes.Quantified, scope: Scope, walk: Walk) -> bool | None:
    """Whether the condition holds for some or for every binding."""
    answer: bool | None = node.every
    try:
        for inner in _bindings(node.iterators, 0, scope, walk):
            value = walk(node.condition, inner)
            if value is (not node.every):
                return not node.every
            if type(value) is not bool:
                answer = None
    except Undefined as reason:
        scope.machine.warn(str(reason), "every" if node.every else "some")
        return None
    return answer


def _bindings(iterators: tuple[nodes.Iterator, ...], index: int, scope: Scope, walk: Walk) -> Iterator[Scope]:
    """One scope per combination; the last iterator turns fastest."""
    if index == len(iterators):
        yield scope
        return
    iterator = iterators[index]
    for value in _domain(iterator, scope, walk):
        yield from _bindings(iterators, index + 1, Scope(scope.machine, {iterator.name: value}, scope), walk)


def _domain(iterator: nodes.Iterator, scope: Scope, walk: Walk) -> Iterable[Any]:
    value = walk(iterator.domain, scope)
    if iterator.end is not None:
        return _span(value, walk(iterator.end, scope), scope)
    if type(value) is list:
        return value
    if type(value) is Range:
        return _closed(value, scope)
    if value is None:
        raise Undefined("types")
    return [value]


def _closed(interval: Range, scope: Scope) -> Iterator[Any]:
    values = _span(interval.start, interval.end, scope)
    for value in values:
        if value == interval.start and not interval.start_included:
            continue
        if value == interval.end and not interval.end_included:
            continue
        yield value


def _span(start: Any, end: Any, scope: Scope) -> Iterator[Any]:
    """Whole steps from start to end, up or down: numbers, or days. Lazy: the meter stops a long one."""
    meter = scope.machine.meter
    if type(start) is Decimal and type(end) is Decimal:
        if start != start.to_integral_value() or end != end.to_integral_value():
            raise Undefined("types")
        step: Any = Decimal(1 if start <= end else -1)
    elif type(start) is date and type(end) is date:
        step = timedelta(days=1 if start <= end else -1)
    else:
        scope.machine.warn("types", f"{type_name(start)}..{type_name(end)}")
        raise Undefined("types")
    return _steps(start, end, step, meter)


def _steps(start: Any, end: Any, step: Any, meter: Meter) -> Iterator[Any]:
    value = start
    while True:
        meter.charge(1)
        yield value
        if value == end:
            return
        value = value + step
