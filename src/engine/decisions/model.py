"""A decision model as frozen data: requirements graph, boxed expressions, tables. `reader` makes it from XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feel import Declared, Expression, UnaryTests
from engine.feel.nodes import TypeOf

#: Hit policies and collect aggregators, by the letters that tables show.
HIT_POLICIES: Mapping[str, str] = {
    "UNIQUE": "U",
    "FIRST": "F",
    "ANY": "A",
    "PRIORITY": "P",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATORS: Mapping[str, str] = {"": "C", "SUM": "C+", "MIN": "C<", "MAX": "C>", "COUNT": "C#"}


@dataclass(frozen=True, kw_only=True)
class Box:
    """Any boxed expression; `type` is what its value must be, None for anything."""

    type: TypeOf | None = None


@dataclass(frozen=True, kw_only=True)
class Literal(Box):
    """A FEEL text; `expression` is None where it is empty or broken: its value is null."""

    text: str
    expression: Expression | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A named part of a boxed context, an invocation's argument or a relation's cell; the result if it has no name."""

    name: str
    box: Box
    type: TypeOf | None = None


@dataclass(frozen=True, kw_only=True)
class BoxedContext(Box):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class BoxedList(Box):
    items: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True)
class Relation(Box):
    columns: tuple[str, ...]
    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Invocation(Box):
    called: Box
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Conditional(Box):
    condition: Box
    yes: Box
    no: Box


@dataclass(frozen=True, kw_only=True)
class Iteration(Box):
    """`kind` is for, every, some or filter."""

    kind: str
    variable: str
    domain: Box
    body: Box


@dataclass(frozen=True, kw_only=True)
class FunctionBox(Box):
    """`body` is None for a function of another language: its value is null."""

    parameters: tuple[str, ...]
    types: tuple[TypeOf | None, ...]
    body: Box | None


@dataclass(frozen=True, kw_only=True)
class InputClause:
    label: str
    expression: Literal
    allowed: UnaryTests | None
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class OutputClause:
    """`ranking` are the output values in their order, for the hit policies that rank."""

    name: str
    label: str
    type: TypeOf | None
    ranking: tuple[Literal, ...]
    default: Literal | None
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row. `annotation` holds the plan's clause: the rule's annotations, or else its description."""

    index: int
    id: str
    tests: tuple[UnaryTests | None, ...]
    outputs: tuple[Literal, ...]
    annotation: str = ""


@dataclass(frozen=True, kw_only=True)
class Table(Box):
    """A decision table; `hit_policy` is its letter (U F A P R O C C+ C< C> C#)."""

    hit_policy: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision and what it requires: ids of decisions, of inputs, and of functions (knowledge and services)."""

    id: str
    name: str
    variable: str
    type: TypeOf | None
    box: Box | None
    description: str = ""
    decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InputData:
    id: str
    name: str
    type: TypeOf | None


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call."""

    id: str
    name: str
    function: FunctionBox
    type: TypeOf | None
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Service:
    """A decision service: decisions as one function."""

    id: str
    name: str
    type: TypeOf | None
    outputs: tuple[str, ...]
    decisions: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionModel:
    """Everything of one DMN file, by id."""

    name: str
    file_name: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData] = field(default_factory=dict)
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    types: Mapping[str, Declared] = field(default_factory=dict)
