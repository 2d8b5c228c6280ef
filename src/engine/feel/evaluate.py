"""Walks the tree of an expression and gives its value.

Where the standard says so the answer is null, and a warning says why. Python's attributes, methods and builtins are
out of reach: names come from the given mapping, functions from the given ones and the built-in ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.feel import analysis, builtins
from engine.feel.budget import DEFAULT, Budget
from engine.feel.errors import BudgetExceeded
from engine.feel.machine import Machine, Scope
from engine.feel.parser import Expression, UnaryTests, parse_expression, parse_unary_tests
from engine.feel.types import Types
from engine.feel.values import Result, clean
from engine.feel.walk import hold, walk

_NOTHING: Mapping[str, Any] = {}


def evaluate(
    expression: str | Expression,
    names: Mapping[str, Any] = _NOTHING,
    *,
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    now: datetime | None = None,
    budget: Budget = DEFAULT,
    types: Types = _NOTHING,
) -> Result:
    """The value of an expression, with the warnings that explain its nulls.

    `names` may be lazy: only what the expression uses is read. `now` feeds `now()` and `today()` and gives
    times without a zone their zone. Raises `FeelSyntaxError` (for a text) and `BudgetExceeded`, nothing else.
    """
    if isinstance(expression, str):
        expression = parse_expression(expression, _spaced(names, functions))
    machine = Machine(names, functions, now, budget, types)
    try:
        machine.meter.descend(expression.levels)
        value = walk(expression.root, Scope(machine, names, None))
        weigh(value, budget)
    except RecursionError:
        raise BudgetExceeded("levels", budget.depth) from None
    return Result(value, tuple(machine.warnings))


def test_unary(
    tests: str | UnaryTests,
    value: Any,
    names: Mapping[str, Any] = _NOTHING,
    *,
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    now: datetime | None = None,
    budget: Budget = DEFAULT,
    types: Types = _NOTHING,
    warnings: list[Any] | None = None,
) -> bool | None:
    """Whether a decision table's cell holds for the value; None if that cannot be said. Raises as `evaluate`.

    `warnings`, when given, receives what was noticed on the way.
    """
    if isinstance(tests, str):
        tests = parse_unary_tests(tests, _spaced(names, functions))
    machine = Machine(names, functions, now, budget, types)
    try:
        machine.meter.descend(tests.levels)
        outer = Scope(machine, names, None)
        answer = hold(tests.root, Scope(machine, {"?": clean(value)}, outer))
    except RecursionError:
        raise BudgetExceeded("levels", budget.depth) from None
    if warnings is not None:
        warnings.extend(machine.warnings)
    return answer


def weigh(value: Any, budget: Budget) -> None:
    """Refuse a value that is too large when all that its parts share is written out, as whoever saves it would do."""
    if not isinstance(value, (list, Mapping)):
        return
    elements = characters = 0
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            characters += len(current)
        elif isinstance(current, (list, Mapping)):
            elements += len(current)
            if elements <= budget.elements:
                waiting.extend(current.values() if isinstance(current, Mapping) else current)
        if elements > budget.elements:
            raise BudgetExceeded("elements", budget.elements)
        if characters > budget.characters:
            raise BudgetExceeded("characters", budget.characters)


def value_in(expression: Expression, scope: Scope) -> Any:
    """The value of an expression in a scope that exists already (decisions evaluate many in one machine)."""
    meter = scope.machine.meter
    meter.descend(expression.levels)
    try:
        value = walk(expression.root, scope)
    finally:
        meter.ascend(expression.levels)
    weigh(value, meter.budget)
    return value


def holds_in(tests: UnaryTests, value: Any, scope: Scope) -> bool | None:
    """Whether a cell holds for a FEEL value, in a scope that exists already."""
    if not tests.root.tests:
        return True
    meter = scope.machine.meter
    meter.descend(tests.levels)
    try:
        return hold(tests.root, Scope(scope.machine, {"?": value}, scope))
    finally:
        meter.ascend(tests.levels)


# pytest must not take it for a test
test_unary.__test__ = False  # type: ignore[attr-defined]


def names_used(expression: str | Expression | UnaryTests) -> frozenset[str]:
    """The names an expression takes from outside, without the built-in functions (see `analysis.free_names`)."""
    if isinstance(expression, str):
        expression = parse_expression(expression)
    return analysis.free_names(expression.root) - builtins.NAMES


def _spaced(names: Mapping[str, Any], functions: Mapping[str, Any]) -> frozenset[str]:
    """The given names that are more than one plain word; a lazy mapping is not searched."""
    found = {name for name in functions if not name.isidentifier()}
    if type(names) is dict:
        found.update(name for name in names if not name.isidentifier())
    return frozenset(found)
