"""Function definitions and calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel import builtins, nodes
from engine.feel.components import MISSING
from engine.feel.machine import Machine, Scope
from engine.feel.types import converted
from engine.feel.values import Function, clean

Walk = Callable[[nodes.Node, Scope], Any]


def closure(node: nodes.FunctionOf, scope: Scope, walk: Walk) -> Function | None:
    """The function value of a definition; external functions are not offered: null."""
    if node.external:
        scope.machine.warn("value", "external")
        return None

    def invoke(machine: Machine, arguments: list[Any]) -> Any:
        values: dict[str, Any] = {}
        for name, kind, value in zip(node.parameters, node.types, arguments, strict=True):
            if kind is not None:
                value, possible = converted(value, kind, scope.machine.types, machine.meter)
                if not possible:
                    machine.warn("arguments", name)
                    return None
            values[name] = value
        return walk(node.body, Scope(machine, values, scope))

    types = node.types if any(kind is not None for kind in node.types) else ()
    return Function("function", node.parameters, invoke, types, result_type(node.body), node.levels)


def result_type(body: nodes.Node) -> nodes.TypeOf | None:
    """The type of a body that is written out; None where only evaluation could tell."""
    if isinstance(body, nodes.Literal) and body.value is not None:
        return nodes.TypeOf(builtins.type_of(body.value))
    if isinstance(body, nodes.ContextOf):
        return nodes.TypeOf("context", tuple(result_type(v) or nodes.TypeOf("Any") for v in body.values), body.keys)
    return None


def call(node: nodes.Call, scope: Scope, walk: Walk) -> Any:
    """Call what the node names: a function value in scope, a registered function, or a built-in one."""
    machine = scope.machine
    target: Any = MISSING
    if type(node.function) is nodes.Name:
        name = node.function.name
        target = scope.find(name)
        if type(target) is not Function:
            arguments = [walk(argument, scope) for argument in node.arguments]
            registered = machine.functions.get(name)
            if registered is not None:
                return _registered(machine, name, registered, arguments, node.names)
            if name in builtins.NAMES:
                return builtins.call(machine, name, arguments, node.names)
            machine.warn("unknown_function" if target is MISSING else "not_a_function", name)
            return None
    else:
        target = walk(node.function, scope)
    arguments = [walk(argument, scope) for argument in node.arguments]
    if type(target) is not Function:
        machine.warn("not_a_function")
        return None
    if node.names:
        return _named(machine, target, arguments, node.names)
    return machine.invoke(target, arguments)


def _named(machine: Machine, target: Function, arguments: list[Any], names: tuple[str, ...]) -> Any:
    if target.variadic and target.name in builtins.NAMES:
        return builtins.call(machine, target.name, arguments, names)
    given = dict(zip(names, arguments, strict=True))
    if len(given) != len(names) or given.keys() != set(target.parameters):
        machine.warn("arguments", target.name)
        return None
    return machine.invoke(target, [given[name] for name in target.parameters])


def _registered(
    machine: Machine, name: str, function: Callable[..., Any], arguments: list[Any], names: tuple[str, ...]
) -> Any:
    """Call a function of the program; what it cannot take is null with a warning, as in FEEL."""
    machine.meter.charge(10)
    try:
        if names:
            keywords = {word.replace(" ", "_"): value for word, value in zip(names, arguments, strict=True)}
            value = function(**keywords)
        else:
            value = function(*arguments)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as problem:
        machine.warn("function_failed", f"{name}: {problem}")
        return None
    return clean(value)
