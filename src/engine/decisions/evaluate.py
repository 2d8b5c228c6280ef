"""Makes decisions: walks the requirements graph and the boxed expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.decisions import model as m
from engine.decisions.errors import DecisionTooLarge, DecisionUnknown
from engine.decisions.explain import DecisionResult, Explanation
from engine.decisions.table import evaluate_table
from engine.feel import Budget, BudgetExceeded, Function
from engine.feel.components import MISSING
from engine.feel.evaluate import value_in
from engine.feel.machine import Machine, Scope
from engine.feel.nodes import TypeOf
from engine.feel.types import converted

#: One decision with all that it requires.
BUDGET = Budget(steps=500_000, depth=200)
_NOTHING: Mapping[str, Any] = {}


def evaluate_decision(
    model: m.DecisionModel,
    decision_id: str,
    names: Mapping[str, Any] = _NOTHING,
    *,
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    now: datetime | None = None,
    require_hit: bool = False,
    budget: Budget = BUDGET,
) -> DecisionResult:
    """Make a decision (found by id, or else by name) of the given names, with all decisions it requires.

    Raises `DecisionUnknown`, `UniqueViolated`, `AnyViolated`, `DecisionTooLarge`; `NoRuleHit` if a hit is required of
    the decision's own table.
    """
    decision = find(model, decision_id)
    making = _Making(model, names, Machine(names, functions, now, budget, model.types))
    try:
        value = making.decide(decision, require_hit=require_hit)
    except (BudgetExceeded, RecursionError) as problem:
        raise DecisionTooLarge(f"decision {decision_id}: {problem}", f"决策“{decision.name}”的计算超出上限") from None
    return DecisionResult(value, _explained(making, decision))


def invoke_service(
    model: m.DecisionModel,
    service_id: str,
    names: Mapping[str, Any] = _NOTHING,
    *,
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    now: datetime | None = None,
) -> Any:
    """The value of a decision service (by id or name) for the given names. Raises as `evaluate_decision`."""
    for service in model.services.values():
        if service_id in (service.id, service.name):
            making = _Making(model, names, Machine(names, functions, now, BUDGET, model.types))
            given = {ref: making.machine.outer(name) for ref, name in _service_inputs(model, service)}
            try:
                return making.serve(service, making.machine, {ref: _null(value) for ref, value in given.items()})
            except (BudgetExceeded, RecursionError) as problem:
                raise DecisionTooLarge(f"service {service_id}: {problem}") from None
    raise DecisionUnknown(f"no decision service {service_id}")


def find(model: m.DecisionModel, decision_id: str) -> m.Decision:
    """A decision by id or name. Raises `DecisionUnknown`."""
    decision = model.decisions.get(decision_id)
    if decision is None:
        decision = next((each for each in model.decisions.values() if each.name == decision_id), None)
    if decision is None:
        raise DecisionUnknown(f"no decision {decision_id}", f"没有决策 {decision_id}")
    return decision


def _null(value: Any) -> Any:
    return value if _is_value(value) else None


def _is_value(value: Any) -> bool:
    return value is not MISSING


class _Without(Mapping[str, Any]):
    """The given names without some: inputs that the model declares but the decision does not require."""

    def __init__(self, names: Mapping[str, Any], hidden: frozenset[str]) -> None:
        self._names = names
        self._hidden = hidden

    def __getitem__(self, key: str) -> Any:
        if key in self._hidden:
            raise KeyError(key)
        return self._names[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._names if key not in self._hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Making:
    """One evaluation of a model: what has been decided so far."""

    def __init__(self, model: m.DecisionModel, names: Mapping[str, Any], machine: Machine) -> None:
        self.model = model
        self.names = names
        self.machine = machine
        self.results: dict[str, Any] = {}
        self.explanations: dict[str, Explanation] = {}

    def decide(self, decision: m.Decision, *, require_hit: bool = False) -> Any:
        """The decision's value; decided once."""
        if decision.id in self.results:
            return self.results[decision.id]
        self.results[decision.id] = None
        for ref in decision.decisions:
            if ref in self.model.decisions:
                self.decide(self.model.decisions[ref])
        noticed = len(self.machine.warnings)
        scope = self.scope_of(decision)
        box = decision.box
        if isinstance(box, m.Table):
            answer = evaluate_table(box, decision.name or decision.id, scope, self.value, require_hit=require_hit)
            value = self.typed(answer.value, box.type)
            found: dict[str, Any] = {
                "hit_policy": box.hit_policy,
                "rules": answer.hits,
                "default_used": answer.default_used,
            }
            inputs = answer.inputs
        else:
            value = self.value(box, scope) if box is not None else None
            found = {}
            inputs = {key: item for key, item in scope.values.items() if not isinstance(item, Function)}
        value = self.typed(value, decision.type)
        self.results[decision.id] = value
        warnings = tuple(each.message for each in self.machine.warnings[noticed:])
        self.explanations[decision.id] = Explanation(
            decision=decision.id, name=decision.name, inputs=inputs, warnings=warnings, **found
        )
        return value

    def scope_of(self, decision: m.Decision) -> Scope:
        """What a decision sees: the given names, the inputs and decisions it requires, the functions it may call."""
        values: dict[str, Any] = {}
        for ref in decision.decisions:
            required = self.model.decisions.get(ref)
            if required is not None:
                values[required.variable] = self.decide(required)
        for ref in decision.inputs:
            data = self.model.inputs.get(ref)
            if data is not None:
                given = self.machine.outer(data.name)
                if _is_value(given):
                    values[data.name] = self.typed(given, data.type)
        values.update(self.functions(decision.knowledge))
        required_names = {self.model.inputs[ref].name for ref in decision.inputs if ref in self.model.inputs}
        hidden = frozenset(data.name for data in self.model.inputs.values()) - required_names
        machine = self.machine
        if hidden:
            machine = Machine(
                _Without(self.names, hidden), machine.functions, machine.now, machine.meter.budget, machine.types
            )
            machine.meter, machine.warnings = self.machine.meter, self.machine.warnings
        return Scope(self.machine, values, Scope(machine, self.names, None))

    def functions(self, refs: tuple[str, ...]) -> dict[str, Function]:
        """Business knowledge models and decision services as functions."""
        found: dict[str, Function] = {}
        for ref in refs:
            knowledge = self.model.knowledge.get(ref)
            if knowledge is not None:
                found[knowledge.name] = self.knowledge(knowledge)
            service = self.model.services.get(ref)
            if service is not None:
                found[service.name] = self.service(service)
        return found

    def knowledge(self, knowledge: m.Knowledge) -> Function:
        """A business knowledge model as a function; what it calls is bound when it is called."""

        def scope() -> Scope:
            return Scope(self.machine, self.functions(knowledge.knowledge), Scope(self.machine, {}, None))

        return self.function(knowledge.name, knowledge.function, scope, knowledge.type)

    def function(self, name: str, box: m.FunctionBox, scope: Callable[[], Scope], kind: TypeOf | None) -> Function:
        """A function whose body is a boxed expression."""

        def invoke(machine: Machine, arguments: list[Any]) -> Any:
            values: dict[str, Any] = {}
            for parameter, wanted, given in zip(box.parameters, box.types, arguments, strict=True):
                value, possible = (given, True) if wanted is None else converted(given, wanted, machine.types)
                if not possible:
                    machine.warn("arguments", parameter)
                    return None
                values[parameter] = value
            if box.body is None:
                machine.warn("value", name)
                return None
            result = self.value(box.body, Scope(machine, values, scope()))
            return self.typed(result, None if kind is not None and kind.name in self.model.types else kind)

        types = tuple(box.types) if any(each is not None for each in box.types) else ()
        result_type = box.body.type if box.body is not None else None
        return Function(name, box.parameters, invoke, types, result_type)

    def service(self, service: m.Service) -> Function:
        """A decision service as a function."""
        inputs = _service_inputs(self.model, service)

        def invoke(machine: Machine, arguments: list[Any]) -> Any:
            return self.serve(service, machine, dict(zip((ref for ref, _ in inputs), arguments, strict=True)))

        return Function(service.name, tuple(name for _, name in inputs), invoke)

    def serve(self, service: m.Service, machine: Machine, given: Mapping[str, Any]) -> Any:
        """The output decisions' values of a service for its parameters, by id."""
        names: dict[str, Any] = {}
        results: dict[str, Any] = {}
        for ref, value in given.items():
            if ref in self.model.inputs:
                data = self.model.inputs[ref]
                kind, key = data.type, data.name
            else:
                kind, key = self.model.decisions[ref].type, ""
            if kind is not None:
                value, possible = converted(value, kind, self.model.types)
                if not possible:
                    machine.warn("arguments", service.name)
                    return None
            if key:
                names[key] = value
            else:
                results[ref] = value
        inner_machine = Machine(names, machine.functions, machine.now, machine.meter.budget, machine.types)
        inner_machine.meter, inner_machine.warnings = machine.meter, machine.warnings
        inner = _Making(self.model, names, inner_machine)
        inner.results.update(results)
        values = {
            self.model.decisions[ref].variable: inner.decide(self.model.decisions[ref]) for ref in service.outputs
        }
        value = next(iter(values.values()), None) if len(service.outputs) == 1 else values
        return self.typed(value, service.type if service.type is None or service.type.name != "function" else None)

    def typed(self, value: Any, kind: TypeOf | None) -> Any:
        """The value as that type; null with a warning where it is none."""
        if kind is None:
            return value
        result, possible = converted(value, kind, self.model.types)
        if not possible:
            self.machine.warn("types", kind.name)
        return result

    def value(self, box: m.Box, scope: Scope) -> Any:
        """The value of a boxed expression."""
        meter = scope.machine.meter
        if isinstance(box, m.Literal):
            return self.typed(value_in(box.expression, scope), box.type) if box.expression is not None else None
        meter.descend(1)
        try:
            return self.typed(self._boxed(box, scope), box.type if not isinstance(box, m.FunctionBox) else None)
        finally:
            meter.ascend(1)

    def _boxed(self, box: m.Box, scope: Scope) -> Any:
        if isinstance(box, m.Table):
            return evaluate_table(box, "", scope, self.value, require_hit=False).value
        if isinstance(box, m.BoxedContext):
            return self._context(box, scope)
        if isinstance(box, m.BoxedList):
            return [self.value(item, scope) for item in box.items]
        if isinstance(box, m.Relation):
            return [
                {name: self.value(cell, scope) for name, cell in zip(box.columns, row, strict=False)}
                for row in box.rows
            ]
        if isinstance(box, m.Invocation):
            return self._invoke(box, scope)
        if isinstance(box, m.FunctionBox):
            return self.function("function", box, lambda: scope, None)
        if isinstance(box, m.Conditional):
            return self._choose(box, scope)
        if isinstance(box, m.Iteration):
            return self._iterate(box, scope)
        return None

    def _choose(self, box: m.Conditional, scope: Scope) -> Any:
        """One of two; null where the condition is neither true, false nor null."""
        condition = self.value(box.condition, scope)
        if condition is not None and not isinstance(condition, bool):
            scope.machine.warn("not_boolean")
            return None
        return self.value(box.yes if condition else box.no, scope)

    def _context(self, box: m.BoxedContext, scope: Scope) -> Any:
        """A context; an entry without name is its result."""
        values: dict[str, Any] = {}
        inner = Scope(scope.machine, values, scope)
        for entry in box.entries:
            value = self.typed(self.value(entry.box, inner), entry.type)
            if not entry.name:
                return value
            values[entry.name] = value
        return values

    def _invoke(self, box: m.Invocation, scope: Scope) -> Any:
        target = self.value(box.called, scope)
        if not isinstance(target, Function):
            scope.machine.warn("not_a_function")
            return None
        given = {entry.name: self.value(entry.box, scope) for entry in box.bindings}
        if given.keys() != set(target.parameters):
            if not target.variadic:
                scope.machine.warn("arguments", target.name)
                return None
            return scope.machine.invoke(target, list(given.values()))
        return scope.machine.invoke(target, [given[name] for name in target.parameters])

    def _iterate(self, box: m.Iteration, scope: Scope) -> Any:
        domain = self.value(box.domain, scope)
        if domain is None:
            return None
        items = domain if isinstance(domain, list) else [domain]
        answers: list[Any] = []
        for item in items:
            inner = Scope(scope.machine, {box.variable: item}, scope, item)
            if box.kind == "filter" and isinstance(item, Mapping):
                inner = Scope(scope.machine, item, inner, item)
            answers.append(self.value(box.body, inner))
        if box.kind == "for":
            return answers
        if box.kind == "filter":
            return [item for item, answer in zip(items, answers, strict=True) if answer is True]
        decisive = box.kind == "some"
        if decisive in [answer for answer in answers if isinstance(answer, bool)]:
            return decisive
        return (not decisive) if all(isinstance(answer, bool) for answer in answers) else None


def _explained(making: _Making, decision: m.Decision) -> Explanation:
    """The decision's explanation with those of what it required."""
    own = making.explanations[decision.id]
    required = tuple(each for key, each in making.explanations.items() if key != decision.id)
    return Explanation(
        decision=own.decision, name=own.name, hit_policy=own.hit_policy, inputs=own.inputs, rules=own.rules,
        default_used=own.default_used, warnings=own.warnings, required=required,
    )  # fmt: skip


def _service_inputs(model: m.DecisionModel, service: m.Service) -> list[tuple[str, str]]:
    """Id and name of each parameter of a decision service."""
    data = [(ref, model.inputs[ref].name) for ref in service.inputs if ref in model.inputs]
    made = [(ref, model.decisions[ref].variable) for ref in service.decisions if ref in model.decisions]
    return data + made
