"""What each rule of the grammar becomes: one function per rule, named as in grammar.lark, called at each reduction.

Brackets that only group leave no trace. lark finds these functions by name: this module is its transformer.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.feel import nodes, temporal
from engine.feel.analysis import depth_of
from engine.feel.values import DECIMAL128

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def unescape(text: str) -> str:
    """The characters that a string literal's escapes stand for; a surrogate pair becomes one character."""
    if "\\" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:], 16)
            return chr(number) if number < 0x110000 else match.group()
        return _ESCAPED.get(code, match.group())

    plain = _ESCAPE.sub(replace, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _levels(body: nodes.Node) -> int:
    return body.levels + 1 if isinstance(body, nodes.FunctionOf) else depth_of(body)


def unary_tests(parts: list[Any]) -> nodes.Tests:
    return nodes.Tests(tuple(parts[::2]))


def compare_test(parts: list[Any]) -> nodes.Test:
    return nodes.Test(str(parts[0]), parts[1])


def if_(parts: list[Any]) -> nodes.If:
    return nodes.If(parts[1], parts[3], parts[5])


def for_(parts: list[Any]) -> nodes.For:
    return nodes.For(parts[1], parts[3])


def some(parts: list[Any]) -> nodes.Quantified:
    return nodes.Quantified(False, parts[1], parts[3])


def every(parts: list[Any]) -> nodes.Quantified:
    return nodes.Quantified(True, parts[1], parts[3])


def iterators(parts: list[Any]) -> tuple[nodes.Iterator, ...]:
    return tuple(parts[::2])


def iterator(parts: list[Any]) -> nodes.Iterator:
    return nodes.Iterator(str(parts[0]), parts[2], parts[4] if len(parts) > 3 else None)


def parameters(parts: list[Any]) -> list[Any]:
    return parts[::2]


def parameter(parts: list[Any]) -> tuple[str, nodes.TypeOf | None]:
    return str(parts[0]), parts[2] if len(parts) > 1 else None


def function(parts: list[Any]) -> nodes.FunctionOf:
    given = parts[2] if isinstance(parts[2], list) else []
    body = parts[-1]
    return nodes.FunctionOf(tuple(n for n, _ in given), tuple(t for _, t in given), body, False, _levels(body))


def external_function(parts: list[Any]) -> nodes.FunctionOf:
    given = parts[2] if isinstance(parts[2], list) else []
    return nodes.FunctionOf(tuple(n for n, _ in given), tuple(t for _, t in given), parts[-1], True)


def disjunction(parts: list[Any]) -> nodes.Or:
    return nodes.Or(tuple(parts[::2]))


def conjunction(parts: list[Any]) -> nodes.And:
    return nodes.And(tuple(parts[::2]))


def compare(parts: list[Any]) -> nodes.Compare:
    return nodes.Compare(str(parts[1]), parts[0], parts[2])


def between(parts: list[Any]) -> nodes.Between:
    return nodes.Between(parts[0], parts[2], parts[4])


def in_one(parts: list[Any]) -> nodes.In:
    return nodes.In(parts[0], (parts[2],))


def in_compare(parts: list[Any]) -> nodes.In:
    return nodes.In(parts[0], (nodes.Test(str(parts[2]), parts[3]),))


def in_many(parts: list[Any]) -> nodes.In:
    return nodes.In(parts[0], tuple(parts[3::2]))


def instance_of(parts: list[Any]) -> nodes.InstanceOf:
    return nodes.InstanceOf(parts[0], parts[3])


def additive(parts: list[Any]) -> nodes.Chain:
    return nodes.Chain(parts[0], tuple(str(op) for op in parts[1::2]), tuple(parts[2::2]))


multiplicative = additive
power = additive


def negate(parts: list[Any]) -> nodes.Node:
    operand = parts[1]
    if type(operand) is nodes.Literal and type(operand.value) is Decimal:
        return nodes.Literal(DECIMAL128.minus(operand.value))
    return nodes.Negate(operand)


def path(parts: list[Any]) -> nodes.Path:
    return nodes.Path(parts[0], str(parts[2]))


def filter_(parts: list[Any]) -> nodes.Filter:
    return nodes.Filter(parts[0], parts[2])


def call_empty(parts: list[Any]) -> nodes.Call:
    return nodes.Call(parts[0], ())


def call(parts: list[Any]) -> nodes.Call:
    return nodes.Call(parts[0], tuple(parts[2:-1:2]))


def call_named(parts: list[Any]) -> nodes.Call:
    given = parts[2:-1:2]
    return nodes.Call(parts[0], tuple(node for _, node in given), tuple(name for name, _ in given))


def named(parts: list[Any]) -> tuple[str, nodes.Node]:
    return str(parts[0]), parts[2]


def name(parts: list[Any]) -> nodes.Name:
    return nodes.Name(str(parts[0]))


def number(parts: list[Any]) -> nodes.Literal:
    number = DECIMAL128.create_decimal(str(parts[0]))
    return nodes.Literal(number if number.is_finite() else None)


def string(parts: list[Any]) -> nodes.Literal:
    return nodes.Literal(unescape(str(parts[0])))


def at_literal(parts: list[Any]) -> nodes.Literal:
    return nodes.Literal(temporal.parse_any(unescape(str(parts[0]))))


def true(_parts: list[Any]) -> nodes.Literal:
    return nodes.Literal(True)


def false(_parts: list[Any]) -> nodes.Literal:
    return nodes.Literal(False)


def null(_parts: list[Any]) -> nodes.Literal:
    return nodes.Literal(None)


def group(parts: list[Any]) -> nodes.Node:
    node: nodes.Node = parts[1]
    return node


def compare_range(parts: list[Any]) -> nodes.Test:
    return nodes.Test(str(parts[1]), parts[2])


def list_(parts: list[Any]) -> nodes.ListOf:
    return nodes.ListOf(tuple(parts[1:-1:2]))


def context(parts: list[Any]) -> nodes.ContextOf:
    entries = parts[1:-1:2]
    return nodes.ContextOf(tuple(key for key, _ in entries), tuple(node for _, node in entries))


def entry(parts: list[Any]) -> tuple[str, nodes.Node]:
    key = str(parts[0])
    return (unescape(key[1:]) if key.startswith('"') else key), parts[2]


def range_(parts: list[Any]) -> nodes.RangeOf:
    return nodes.RangeOf(parts[1], parts[3], parts[0].type == "LSQB", parts[4].type == "RSQB")


def named_type(parts: list[Any]) -> nodes.TypeOf:
    return nodes.TypeOf(".".join(str(part) for part in parts[::2]))


def list_type(parts: list[Any]) -> nodes.TypeOf:
    return nodes.TypeOf("list", (parts[1],))


def range_type(parts: list[Any]) -> nodes.TypeOf:
    return nodes.TypeOf("range", (parts[1],))


def context_type(parts: list[Any]) -> nodes.TypeOf:
    entries = parts[1:-1:2]
    return nodes.TypeOf("context", tuple(kind for _, kind in entries), tuple(name for name, _ in entries))


def function_type(parts: list[Any]) -> nodes.TypeOf:
    return nodes.TypeOf("function", tuple(parts[1:-3:2]), (), parts[-1])


def type_entry(parts: list[Any]) -> tuple[str, nodes.TypeOf]:
    return str(parts[0]), parts[2]
