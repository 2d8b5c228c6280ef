"""The meaning of each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel import nodes
from engine.feel.analysis import mentions
from engine.feel.arithmetic import Undefined, negate, operate
from engine.feel.builtins import as_function
from engine.feel.calls import call, closure
from engine.feel.comparison import compare, within
from engine.feel.components import MISSING, component
from engine.feel.errors import BudgetExceeded
from engine.feel.iteration import quantify, repeat
from engine.feel.machine import Scope
from engine.feel.types import conforms, known
from engine.feel.values import Function, Range, type_name


def walk(node: nodes.Node, scope: Scope) -> Any:
    """The value of a node."""
    meter = scope.machine.meter
    meter.steps += 1
    if meter.steps > meter.steps_limit:
        raise BudgetExceeded("steps", meter.steps_limit)
    return _WALK[type(node)](node, scope)


def _literal(node: nodes.Literal, _scope: Scope) -> Any:
    return node.value


def _name(node: nodes.Name, scope: Scope) -> Any:
    value = scope.find(node.name)
    if value is MISSING:
        function = as_function(node.name)
        if function is not None:
            return function
        scope.machine.warn("unknown_name", node.name)
        return None
    return value


def _taken_from(node: nodes.Node, scope: Scope) -> tuple[Any, bool]:
    """A path's base, and whether it is from outside: then only the part that the path takes is converted."""
    if type(node) is nodes.Name:
        value, outside = scope.find_raw(node.name)
        if value is not MISSING:
            return value, outside
    elif type(node) is nodes.Path:
        base, outside = _taken_from(node.base, scope)
        value = component(base, node.name, scope.machine.meter)
        if value is not MISSING:
            return value, outside
        if base is not None:
            scope.machine.warn("no_component", f"{type_name(base)}.{node.name}")
        return None, False
    return walk(node, scope), False


def _path(node: nodes.Path, scope: Scope) -> Any:
    value, outside = _taken_from(node, scope)
    return scope.machine.taken(value, node.name) if outside else value


def _negate(node: nodes.Negate, scope: Scope) -> Any:
    try:
        return negate(walk(node.operand, scope))
    except Undefined as reason:
        scope.machine.warn(str(reason), "-")
        return None


def _chain(node: nodes.Chain, scope: Scope) -> Any:
    value = walk(node.first, scope)
    meter = scope.machine.meter
    for operator, operand in zip(node.operators, node.operands, strict=True):
        right = walk(operand, scope)
        try:
            value = operate(operator, value, right, meter)
        except Undefined as reason:
            if value is not None and right is not None:
                scope.machine.warn(str(reason), f"{type_name(value)} {operator} {type_name(right)}")
            else:
                scope.machine.warn("types", f"null {operator}")
            value = None
    return value


def _compare(node: nodes.Compare, scope: Scope) -> bool | None:
    left, right = walk(node.left, scope), walk(node.right, scope)
    return _compared(node.operator, left, right, scope)


def _compared(operator: str, left: Any, right: Any, scope: Scope) -> bool | None:
    answer = compare(operator, left, right, scope.machine.zone, scope.machine.meter)
    if answer is None and left is not None and right is not None:
        scope.machine.warn("types", f"{type_name(left)} {operator} {type_name(right)}")
    return answer


def _between(node: nodes.Between, scope: Scope) -> bool | None:
    value, low, high = walk(node.value, scope), walk(node.low, scope), walk(node.high, scope)
    return _all([_compared(">=", value, low, scope), _compared("<=", value, high, scope)])


def _in(node: nodes.In, scope: Scope) -> bool | None:
    value = walk(node.value, scope)
    return _any([holds(test, value, scope) for test in node.tests])


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def holds(test: nodes.Node, value: Any, scope: Scope) -> bool | None:
    """Whether one test holds for the value: a comparison, a range, a list or a value to be equal to."""
    if type(test) is nodes.Test:
        return _compared(test.operator, value, walk(test.operand, scope), scope)
    target = walk(test, scope)
    if type(target) is Function and not isinstance(value, Function):
        target = scope.machine.invoke(target, [value])
        return target if type(target) is bool else None
    return within(value, target, scope.machine.zone, scope.machine.meter)


def hold(tests: nodes.Tests, scope: Scope) -> bool | None:
    """Whether a table's cell holds for `?`."""
    if not tests.tests:
        return True
    value = scope.values["?"]
    answers: list[bool | None] = []
    for test in tests.tests:
        answers.append(_cell(test, value, scope))
        if answers[-1] is True:
            break
    answer = _any(answers)
    return (None if answer is None else not answer) if tests.negated else answer


def _cell(test: nodes.Node, value: Any, scope: Scope) -> bool | None:
    """One test of a cell: an expression that speaks of `?` decides; any other gives what `?` is compared with."""
    if type(test) is nodes.Test:
        return _compared(test.operator, value, walk(test.operand, scope), scope)
    target = walk(test, scope)
    if type(target) is bool and mentions(test, "?"):
        return target
    if target is None:
        return value is None if type(test) is nodes.Literal or not mentions(test, "?") else None
    answer = within(value, target, scope.machine.zone, scope.machine.meter)
    if type(target) is bool and type(value) is not bool and type(test) is not nodes.Literal:
        return target
    return answer


def _and(node: nodes.And, scope: Scope) -> bool | None:
    answer: bool | None = True
    for item in node.items:
        value = walk(item, scope)
        if value is False:
            return False
        if value is not True:
            answer = None
    return answer


def _or(node: nodes.Or, scope: Scope) -> bool | None:
    answer: bool | None = False
    for item in node.items:
        value = walk(item, scope)
        if value is True:
            return True
        if value is not False:
            answer = None
    return answer


def _if(node: nodes.If, scope: Scope) -> Any:
    condition = walk(node.condition, scope)
    if type(condition) is not bool and condition is not None:
        scope.machine.warn("not_boolean", type_name(condition))
    return walk(node.yes if condition is True else node.no, scope)


def _for(node: nodes.For, scope: Scope) -> Any:
    return repeat(node, scope, walk)


def _quantified(node: nodes.Quantified, scope: Scope) -> bool | None:
    return quantify(node, scope, walk)


def _list(node: nodes.ListOf, scope: Scope) -> list[Any]:
    return [walk(item, scope) for item in node.items]


def _context(node: nodes.ContextOf, scope: Scope) -> Any:
    values: dict[str, Any] = {}
    inner = Scope(scope.machine, values, scope)
    for key, value in zip(node.keys, node.values, strict=True):
        if key in values:
            scope.machine.warn("value", key)
            return None
        values[key] = walk(value, inner)
    return values


def _range(node: nodes.RangeOf, scope: Scope) -> Range | None:
    start, end = walk(node.start, scope), walk(node.end, scope)
    if start is not None and end is not None and compare("<=", start, end, scope.machine.zone) is not True:
        scope.machine.warn("types", f"{type_name(start)}..{type_name(end)}")
        return None
    return Range(start, end, node.start_included, node.end_included)


def _test(node: nodes.Test, scope: Scope) -> Range | None:
    """`(< 5)` by itself is the range of all values that pass."""
    value = walk(node.operand, scope)
    operator = node.operator
    if value is None:
        return None
    if operator in ("=", "!="):
        return Range(value, value, operator == "=", operator == "=", operator)
    if operator[0] == "<":
        return Range(None, value, False, operator == "<=", operator)
    return Range(value, None, operator == ">=", False, operator)


def _instance_of(node: nodes.InstanceOf, scope: Scope) -> bool | None:
    value = walk(node.value, scope)
    if not known(node.type, scope.machine.types):
        scope.machine.warn("unknown_type", node.type.name)
        return None
    return conforms(value, node.type, scope.machine.types, allowed=False, meter=scope.machine.meter)


def _function(node: nodes.FunctionOf, scope: Scope) -> Any:
    return closure(node, scope, walk)


def _call(node: nodes.Call, scope: Scope) -> Any:
    return call(node, scope, walk)


def _filter(node: nodes.Filter, scope: Scope) -> Any:
    base = walk(node.base, scope)
    machine = scope.machine
    items = base if type(base) is list else [base]
    if type(node.condition) is nodes.Literal and type(node.condition.value) is Decimal:
        return _element(items, node.condition.value, scope)
    if base is None:
        return []
    kept = []
    for item in items:
        values = item if isinstance(item, Mapping) else {}
        answer = walk(node.condition, Scope(machine, values, scope, item))
        if type(answer) is Decimal:
            return _element(items, answer, scope)
        if answer is True:
            kept.append(item)
        elif answer not in (False, None):
            machine.warn("not_boolean", type_name(answer))
            return None
    return kept


def _element(items: list[Any], position: Decimal, scope: Scope) -> Any:
    """The element at a position: 1 is the first, -1 the last."""
    if abs(position) > len(items) or not position or position != position.to_integral_value():
        scope.machine.warn("index", str(position))
        return None
    index = int(position)
    return items[index - 1 if index > 0 else index]


_WALK: dict[type, Callable[[Any, Scope], Any]] = {
    nodes.Literal: _literal,
    nodes.Name: _name,
    nodes.Path: _path,
    nodes.Filter: _filter,
    nodes.Call: _call,
    nodes.Negate: _negate,
    nodes.Chain: _chain,
    nodes.Compare: _compare,
    nodes.Between: _between,
    nodes.In: _in,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.If: _if,
    nodes.For: _for,
    nodes.Quantified: _quantified,
    nodes.ListOf: _list,
    nodes.ContextOf: _context,
    nodes.RangeOf: _range,
    nodes.Test: _test,
    nodes.InstanceOf: _instance_of,
    nodes.FunctionOf: _function,
}
