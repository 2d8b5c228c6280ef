"""From FEEL text to a tree. Parsed trees are cached: the same condition is parsed once per process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer, Token

from engine.feel import nodes, temporal
from engine.feel.analysis import depth_of
from engine.feel.budget import DEPTH_LIMIT, TEXT_LIMIT
from engine.feel.builtins import NAMES as BUILTIN_NAMES
from engine.feel.errors import BudgetExceeded, FeelSyntaxError
from engine.feel.lexer import PHRASES, position, tokenize
from engine.feel.values import DECIMAL128

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, eq=False)
class Expression:
    """A parsed expression; `levels` is the depth of its tree."""

    text: str
    root: nodes.Node
    levels: int


@dataclass(frozen=True, eq=False)
class UnaryTests:
    """A parsed cell of a decision table."""

    text: str
    root: nodes.Tests
    levels: int


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


class _Build(Transformer[Token, Any]):
    """Makes a node at each reduction; brackets that only group leave no trace."""

    def unary_tests(self, parts: list[Any]) -> nodes.Tests:
        return nodes.Tests(tuple(parts[::2]))

    def compare_test(self, parts: list[Any]) -> nodes.Test:
        return nodes.Test(str(parts[0]), parts[1])

    def if_(self, parts: list[Any]) -> nodes.If:
        return nodes.If(parts[1], parts[3], parts[5])

    def for_(self, parts: list[Any]) -> nodes.For:
        return nodes.For(parts[1], parts[3])

    def some(self, parts: list[Any]) -> nodes.Quantified:
        return nodes.Quantified(False, parts[1], parts[3])

    def every(self, parts: list[Any]) -> nodes.Quantified:
        return nodes.Quantified(True, parts[1], parts[3])

    def iterators(self, parts: list[Any]) -> tuple[nodes.Iterator, ...]:
        return tuple(parts[::2])

    def iterator(self, parts: list[Any]) -> nodes.Iterator:
        return nodes.Iterator(str(parts[0]), parts[2], parts[4] if len(parts) > 3 else None)

    def parameters(self, parts: list[Any]) -> list[Any]:
        return parts[::2]

    def parameter(self, parts: list[Any]) -> tuple[str, nodes.TypeOf | None]:
        return str(parts[0]), parts[2] if len(parts) > 1 else None

    def function(self, parts: list[Any]) -> nodes.FunctionOf:
        given = parts[2] if isinstance(parts[2], list) else []
        body = parts[-1]
        return nodes.FunctionOf(tuple(n for n, _ in given), tuple(t for _, t in given), body, False, _levels(body))

    def external_function(self, parts: list[Any]) -> nodes.FunctionOf:
        given = parts[2] if isinstance(parts[2], list) else []
        return nodes.FunctionOf(tuple(n for n, _ in given), tuple(t for _, t in given), parts[-1], True)

    def disjunction(self, parts: list[Any]) -> nodes.Or:
        return nodes.Or(tuple(parts[::2]))

    def conjunction(self, parts: list[Any]) -> nodes.And:
        return nodes.And(tuple(parts[::2]))

    def compare(self, parts: list[Any]) -> nodes.Compare:
        return nodes.Compare(str(parts[1]), parts[0], parts[2])

    def between(self, parts: list[Any]) -> nodes.Between:
        return nodes.Between(parts[0], parts[2], parts[4])

    def in_one(self, parts: list[Any]) -> nodes.In:
        return nodes.In(parts[0], (parts[2],))

    def in_compare(self, parts: list[Any]) -> nodes.In:
        return nodes.In(parts[0], (nodes.Test(str(parts[2]), parts[3]),))

    def in_many(self, parts: list[Any]) -> nodes.In:
        return nodes.In(parts[0], tuple(parts[3::2]))

    def instance_of(self, parts: list[Any]) -> nodes.InstanceOf:
        return nodes.InstanceOf(parts[0], parts[3])

    def additive(self, parts: list[Any]) -> nodes.Chain:
        return nodes.Chain(parts[0], tuple(str(op) for op in parts[1::2]), tuple(parts[2::2]))

    multiplicative = additive
    power = additive

    def negate(self, parts: list[Any]) -> nodes.Node:
        operand = parts[1]
        if type(operand) is nodes.Literal and type(operand.value) is type(DECIMAL128.create_decimal(0)):
            return nodes.Literal(DECIMAL128.minus(operand.value))
        return nodes.Negate(operand)

    def path(self, parts: list[Any]) -> nodes.Path:
        return nodes.Path(parts[0], str(parts[2]))

    def filter_(self, parts: list[Any]) -> nodes.Filter:
        return nodes.Filter(parts[0], parts[2])

    def call_empty(self, parts: list[Any]) -> nodes.Call:
        return nodes.Call(parts[0], ())

    def call(self, parts: list[Any]) -> nodes.Call:
        return nodes.Call(parts[0], tuple(parts[2:-1:2]))

    def call_named(self, parts: list[Any]) -> nodes.Call:
        given = parts[2:-1:2]
        return nodes.Call(parts[0], tuple(node for _, node in given), tuple(name for name, _ in given))

    def named(self, parts: list[Any]) -> tuple[str, nodes.Node]:
        return str(parts[0]), parts[2]

    def name(self, parts: list[Any]) -> nodes.Name:
        return nodes.Name(str(parts[0]))

    def number(self, parts: list[Any]) -> nodes.Literal:
        number = DECIMAL128.create_decimal(str(parts[0]))
        return nodes.Literal(number if number.is_finite() else None)

    def string(self, parts: list[Any]) -> nodes.Literal:
        return nodes.Literal(unescape(str(parts[0])))

    def at_literal(self, parts: list[Any]) -> nodes.Literal:
        return nodes.Literal(temporal.parse_any(unescape(str(parts[0]))))

    def true(self, _parts: list[Any]) -> nodes.Literal:
        return nodes.Literal(True)

    def false(self, _parts: list[Any]) -> nodes.Literal:
        return nodes.Literal(False)

    def null(self, _parts: list[Any]) -> nodes.Literal:
        return nodes.Literal(None)

    def group(self, parts: list[Any]) -> nodes.Node:
        node: nodes.Node = parts[1]
        return node

    def compare_range(self, parts: list[Any]) -> nodes.Test:
        return nodes.Test(str(parts[1]), parts[2])

    def list_(self, parts: list[Any]) -> nodes.ListOf:
        return nodes.ListOf(tuple(parts[1:-1:2]))

    def context(self, parts: list[Any]) -> nodes.ContextOf:
        entries = parts[1:-1:2]
        return nodes.ContextOf(tuple(key for key, _ in entries), tuple(node for _, node in entries))

    def entry(self, parts: list[Any]) -> tuple[str, nodes.Node]:
        key = str(parts[0])
        return (unescape(key[1:]) if key.startswith('"') else key), parts[2]

    def range_(self, parts: list[Any]) -> nodes.RangeOf:
        return nodes.RangeOf(parts[1], parts[3], parts[0].type == "LSQB", parts[4].type == "RSQB")

    def named_type(self, parts: list[Any]) -> nodes.TypeOf:
        return nodes.TypeOf(".".join(str(part) for part in parts[::2]))

    def list_type(self, parts: list[Any]) -> nodes.TypeOf:
        return nodes.TypeOf("list", (parts[1],))

    def range_type(self, parts: list[Any]) -> nodes.TypeOf:
        return nodes.TypeOf("range", (parts[1],))

    def context_type(self, parts: list[Any]) -> nodes.TypeOf:
        entries = parts[1:-1:2]
        return nodes.TypeOf("context", tuple(kind for _, kind in entries), tuple(name for name, _ in entries))

    def function_type(self, parts: list[Any]) -> nodes.TypeOf:
        return nodes.TypeOf("function", tuple(parts[1:-3:2]), (), parts[-1])

    def type_entry(self, parts: list[Any]) -> tuple[str, nodes.TypeOf]:
        return str(parts[0]), parts[2]


class _Given(Lexer):
    """Hands lark the tokens that lexer.py made."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, tokens: list[Token]) -> Iterator[Token]:  # type: ignore[override]
        return iter(tokens)


_LARK = Lark(
    (FilePath(__file__).parent / "grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer=_Given,
    start=["expression", "unary_tests"],
    transformer=_Build(),
    maybe_placeholders=False,
)


def _tree(text: str, tokens: list[Token], start: str) -> Any:
    try:
        return _LARK.parse(tokens, start=start)
    except UnexpectedToken as unexpected:
        token = unexpected.token
        at = token.start_pos if token.type != "$END" and token.start_pos is not None else len(text)
        line, column = position(text, at)
        if token.type == "$END":
            raise FeelSyntaxError("the expression is incomplete", line, column, text, "表达式不完整") from None
        word = str(token)
        raise FeelSyntaxError(f"unexpected {word!r}", line, column, text, f"此处不应有“{word}”") from None
    except UnexpectedInput:
        raise FeelSyntaxError("not a FEEL expression", 1, 1, text, "不是 FEEL 表达式") from None


def _tokens(text: str, known_names: frozenset[str]) -> list[Token]:
    if len(text) > TEXT_LIMIT:
        raise BudgetExceeded("characters of text", TEXT_LIMIT)
    tokens = tokenize(text, _FIXED | known_names)
    if not tokens:
        raise FeelSyntaxError("the expression is empty", 1, 1, text, "表达式是空的")
    return tokens


def _measured(root: nodes.Node) -> int:
    levels = depth_of(root)
    if levels > DEPTH_LIMIT:
        raise BudgetExceeded("levels", DEPTH_LIMIT)
    return levels


_FIXED = frozenset(PHRASES | BUILTIN_NAMES)


@lru_cache(maxsize=4096)
def parse_expression(text: str, known_names: frozenset[str] = frozenset()) -> Expression:
    """Parse an expression.

    `known_names` are names that hold operators or keywords (`a-b`, `profit and loss`); names of words side by side need
    no mention. Raises `FeelSyntaxError`, and `BudgetExceeded` for a text that is too long or too deep.
    """
    root = _tree(text, _tokens(text, known_names), "expression")
    return Expression(text, root, _measured(root))


@lru_cache(maxsize=4096)
def parse_unary_tests(text: str, known_names: frozenset[str] = frozenset()) -> UnaryTests:
    """Parse a decision table's cell: `-` or nothing, tests with commas, `not(...)`. Raises as `parse_expression`."""
    if text.strip() in ("", "-"):
        return UnaryTests(text, nodes.Tests(()), 1)
    tokens = _tokens(text, known_names)
    negated = _is_negation(tokens)
    root: nodes.Tests = _tree(text, tokens[2:-1] if negated else tokens, "unary_tests")
    if negated:
        root = nodes.Tests(root.tests, True)
    return UnaryTests(text, root, _measured(root))


def _is_negation(tokens: list[Token]) -> bool:
    """Whether the whole cell is `not( ... )`."""
    if len(tokens) < 4 or tokens[0] != "not" or tokens[0].type != "NAME" or tokens[1].type != "LPAR":
        return False
    level = 0
    for index, token in enumerate(tokens):
        if token.type in ("LPAR", "LSQB", "OPEN_RSQB", "LBRACE"):
            level += 1
        elif token.type in ("RPAR", "RSQB", "CLOSE_LSQB", "RBRACE"):
            level -= 1
            if level == 0:
                return index == len(tokens) - 1
    return False
