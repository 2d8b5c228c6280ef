"""From FEEL text to a tree. Parsed trees are cached: the same condition is parsed once per process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer, Token

from engine.feel import nodes, reductions
from engine.feel.analysis import depth_of
from engine.feel.budget import DEPTH_LIMIT, TEXT_LIMIT
from engine.feel.builtins import NAMES as BUILTIN_NAMES
from engine.feel.errors import BudgetExceeded, FeelSyntaxError
from engine.feel.lexer import PHRASES, position, tokenize


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
    transformer=reductions,
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
