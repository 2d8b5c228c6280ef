"""The decision tables as they were specified, before anybody drew them: `tests/data/decision_tables.json`.

Conditions are written there in a few words of Python, which are read as a tree and never run. Amendments stand beside
the tables, each with its reason: `without_inputs` and `inputs` change what is asked (and over which values), `rename`
and `let` change the names, `without_rows` and `rows` change the rows; `each` reads the table once per entry of a list.
"""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "decision_tables.json"
Names = Mapping[str, Any]
Condition = Callable[[Names], Any]

_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, among: value in among,
    ast.NotIn: lambda value, among: value not in among,
}


class NotAllowedHere(ValueError):
    """A condition holds something else than names, constants, lists, comparisons, and, or, not."""


def read_condition(text: str) -> Condition:
    """The condition as a function of the names. Raises `NotAllowedHere`."""
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> Condition:
    match node:
        case ast.Constant(value):
            return lambda _: value
        case ast.Name(name):
            return lambda names: names[name]
        case ast.List(items):
            read = [_read(each) for each in items]
            return lambda names: [each(names) for each in read]
        case ast.UnaryOp(ast.Not(), operand):
            inner = _read(operand)
            return lambda names: not inner(names)
        case ast.BoolOp(both, values):
            parts = [_read(each) for each in values]
            joined = all if isinstance(both, ast.And) else any
            return lambda names: joined(part(names) for part in parts)
        case ast.Compare(left, signs, rights):
            return _compared([_read(left), *map(_read, rights)], [_COMPARED[type(sign)] for sign in signs])
    raise NotAllowedHere(ast.unparse(node))


def _compared(sides: Sequence[Condition], signs: Sequence[Callable[[Any, Any], bool]]) -> Condition:
    def holds(names: Names) -> bool:
        values = [side(names) for side in sides]
        return all(sign(one, other) for sign, one, other in zip(signs, values, values[1:], strict=False))

    return holds


@dataclass(frozen=True)
class Row:
    """A rule: when it holds, and what it gives."""

    text: str
    holds: Condition
    gives: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table with its amendments."""

    id: str
    hit: str
    inputs: Mapping[str, Sequence[Any]]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    renamed: Mapping[str, str]  #: a fact of the program -> what the conditions call it
    let: Mapping[str, Condition]
    each: Mapping[str, Any] | None

    def combinations(self) -> Iterator[dict[str, Any]]:
        """Every combination of the inputs, by the names that the program uses."""
        for values in product(*self.inputs.values()):
            yield dict(zip(self.inputs, values, strict=True))

    def hits(self, given: Names) -> list[Row]:
        """The rows that hold, in the table's order, each once."""
        found = [row for names in self._read_as(given) for row in self.rows if row.holds(names)]
        return list(dict.fromkeys(found))

    def _read_as(self, given: Names) -> Iterator[Names]:
        names = {self.renamed.get(name, name): value for name, value in given.items()}
        names |= {name: meant(names) for name, meant in self.let.items()}
        if self.each is None:
            yield names
            return
        for value in names[self.each["of"]] or [self.each["where_empty"]]:
            yield {**names, self.each["name"]: value}


def amendments() -> list[dict[str, Any]]:
    """What stands over the tables, as it was written."""
    return list(json.loads(DATA.read_text(encoding="utf-8"))["amendments"])


def specified() -> dict[str, Table]:
    """All tables, amended, by their ids."""
    told = json.loads(DATA.read_text(encoding="utf-8"))["tables"]
    return {each["id"]: _amended(each, [one for one in amendments() if one["table"] == each["id"]]) for each in told}


def _amended(told: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Table:
    inputs, rows = dict(told["inputs"]), list(told["rows"])
    renamed: dict[str, str] = {}
    let: dict[str, Condition] = {}
    each = None
    for change in changes:
        for name in change.get("without_inputs", ()):
            del inputs[name]
        for name, ours in change.get("rename", {}).items():
            inputs[ours] = inputs.pop(name)
            renamed[ours] = name
        inputs |= change.get("inputs", {})
        for condition in change.get("without_rows", ()):
            rows.remove(next(row for row in rows if row[0] == condition))
        rows += change.get("rows", ())
        let |= {name: read_condition(text) for name, text in change.get("let", {}).items()}
        each = change.get("each", each)
    return Table(
        id=told["id"],
        hit=told["hit"],
        inputs=inputs,
        outputs=tuple(told["outputs"]),
        rows=tuple(Row(text, read_condition(text), tuple(gives)) for text, gives, _source in rows),
        renamed=renamed,
        let=let,
        each=each,
    )
