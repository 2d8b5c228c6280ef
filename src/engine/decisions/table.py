"""Decision tables: which rules hit, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.decisions.errors import AnyViolated, NoRuleHit, UniqueViolated
from engine.decisions.explain import RuleHit
from engine.decisions.model import Box, Literal, OutputClause, Rule, Table
from engine.feel.arithmetic import Undefined
from engine.feel.builtins.statistics import total
from engine.feel.comparison import equal, order
from engine.feel.evaluate import holds_in
from engine.feel.machine import Machine, Scope
from engine.feel.types import converted

Value = Callable[[Box, Scope], Any]


@dataclass(frozen=True)
class TableAnswer:
    """A table's value, with what its explanation needs."""

    value: Any
    inputs: dict[str, Any]
    hits: tuple[RuleHit, ...]
    default_used: bool


@dataclass(frozen=True)
class _Hit:
    rule: Rule
    outputs: tuple[Any, ...]


def evaluate_table(table: Table, decision: str, scope: Scope, value: Value, *, require_hit: bool) -> TableAnswer:
    """Evaluate a table in a scope. Raises `UniqueViolated`, `AnyViolated`; `NoRuleHit` if a hit is required."""
    inputs = [value(clause.expression, scope) for clause in table.inputs]
    labels = _labels(table)
    shown = dict(zip(labels, inputs, strict=True))
    rules = _hitting(table, decision, inputs, scope)
    hits = [_Hit(rule, tuple(_outputs(rule, table, scope, value))) for rule in rules]
    explained = tuple(_explained(hit, table, labels, inputs) for hit in hits)
    if not hits:
        if require_hit:
            raise NoRuleHit(decision)
        result, used = _defaults(table, scope, value)
        if not used:
            scope.machine.warn("no_rule_hit", decision)
        return TableAnswer(result, shown, (), used)
    return TableAnswer(_resolved(table, decision, hits, scope, value), shown, explained, False)


def _labels(table: Table) -> list[str]:
    """The columns' labels, each once."""
    labels: list[str] = []
    for clause in table.inputs:
        label = clause.label
        while label in labels:
            label += "′"
        labels.append(label)
    return labels


def _hitting(table: Table, decision: str, inputs: list[Any], scope: Scope) -> list[Rule]:
    for clause, given in zip(table.inputs, inputs, strict=True):
        if given is not None and clause.allowed is not None and holds_in(clause.allowed, given, scope) is not True:
            scope.machine.warn("not_allowed", clause.label)
            return []
    found: list[Rule] = []
    for rule in table.rules:
        if all(
            test is not None and holds_in(test, given, scope) is True
            for test, given in zip(rule.tests, inputs, strict=False)
        ):
            found.append(rule)
            if table.hit_policy == "F":
                break
    if table.hit_policy == "U" and len(found) > 1:
        raise UniqueViolated(decision, *((rule.index, rule.id) for rule in found))
    return found


def _outputs(rule: Rule, table: Table, scope: Scope, value: Value) -> list[Any]:
    return [
        _typed(value(entry, scope), clause, scope.machine)
        for entry, clause in zip(rule.outputs, table.outputs, strict=False)
    ]


def _typed(given: Any, clause: OutputClause, machine: Machine) -> Any:
    if clause.type is None:
        return given
    result, possible = converted(given, clause.type, machine.types)
    if not possible:
        machine.warn("types", clause.label or clause.type.name)
    return result


def _explained(hit: _Hit, table: Table, labels: list[str], inputs: list[Any]) -> RuleHit:
    reasons = tuple(
        (label, given, test.text.strip())
        for label, given, test in zip(labels, inputs, hit.rule.tests, strict=False)
        if test is not None and test.root.tests
    )
    names = [clause.name or clause.label or "value" for clause in table.outputs]
    outputs = dict(zip(names, hit.outputs, strict=False))
    return RuleHit(
        index=hit.rule.index, id=hit.rule.id, annotation=hit.rule.annotation, outputs=outputs, reasons=reasons
    )


def _shaped(table: Table, outputs: tuple[Any, ...]) -> Any:
    """One output is the value itself, several are a context."""
    if len(table.outputs) == 1:
        return outputs[0] if outputs else None
    return dict(zip([clause.name for clause in table.outputs], outputs, strict=False))


def _defaults(table: Table, scope: Scope, value: Value) -> tuple[Any, bool]:
    if any(clause.default is not None for clause in table.outputs):
        outputs = tuple(
            _typed(value(clause.default, scope), clause, scope.machine) if clause.default is not None else None
            for clause in table.outputs
        )
        return _shaped(table, outputs), True
    if table.hit_policy == "C#":
        return Decimal(0), False
    return ([] if table.hit_policy in ("C", "R", "O") else None), False


def _resolved(table: Table, decision: str, hits: list[_Hit], scope: Scope, value: Value) -> Any:
    policy = table.hit_policy
    if policy == "A":
        first = hits[0]
        for other in hits[1:]:
            if not all(equal(a, b) is True for a, b in zip(first.outputs, other.outputs, strict=True)):
                raise AnyViolated(decision, *((hit.rule.index, hit.rule.id) for hit in (first, other)))
    if policy in ("U", "A", "F"):
        return _shaped(table, hits[0].outputs)
    if policy in ("P", "O"):
        rankings = [_ranking(clause.ranking, scope, value) for clause in table.outputs]
        hits = sorted(hits, key=lambda hit: [_rank(out, rank) for out, rank in zip(hit.outputs, rankings, strict=True)])
        if policy == "P":
            return _shaped(table, hits[0].outputs)
    values = [_shaped(table, hit.outputs) for hit in hits]
    return values if policy in ("R", "O", "C") else _aggregated(policy, values, scope.machine)


def _ranking(literals: tuple[Literal, ...], scope: Scope, value: Value) -> list[Any]:
    return [item for literal in literals for item in (value(literal, scope) or [])]


def _rank(output: Any, ranking: list[Any]) -> int:
    for index, item in enumerate(ranking):
        if equal(output, item) is True:
            return index
    return len(ranking)


def _aggregated(policy: str, values: list[Any], machine: Machine) -> Any:
    if policy == "C#":
        return Decimal(len(values))
    try:
        if policy == "C+":
            if not all(isinstance(each, Decimal) for each in values):
                raise Undefined("types")
            return total(values)
        best = values[0]
        for each in values[1:]:
            sign = order(each, best)
            if sign is None:
                raise Undefined("types")
            if (sign < 0) == (policy == "C<") and sign:
                best = each
        return best
    except Undefined as reason:
        machine.warn(str(reason), policy)
        return None
