"""Texts that are not FEEL, unary tests, and what the check wants to know of an expression."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import (
    BudgetExceeded,
    FeelError,
    FeelSyntaxError,
    evaluate,
    names_used,
    parse_expression,
    parse_unary_tests,
    test_unary,
)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("1 +", 1, 4), ("1\n+ )", 2, 3), ("", 1, 1), ('"open', 1, 1), ("a（b", 1, 2), ("x := 1", 1, 3)],
)
def test_a_syntax_error_says_where(text: str, line: int, column: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    assert (caught.value.line, caught.value.column, caught.value.text) == (line, column, text)
    assert caught.value.message_zh


def test_the_same_text_is_parsed_once() -> None:
    assert parse_expression("1 + 1") is parse_expression("1 + 1")


@pytest.mark.parametrize(
    ("cell", "value", "answer"),
    [
        ("-", 1, True),
        ("", None, True),
        (">= 6", 7, True),
        (">= 6", None, None),
        ("[6..16)", 16, False),
        ('"C4", "C5"', "C5", True),
        ('not("C4", "C5")', "C5", False),
        ('not("C4", "C5")', "C1", True),
        ("null", None, True),
        ("not(null)", 5, True),
        ("not(null)", None, False),
        ("true", True, True),
        ("not(true)", False, True),
        ("? > 5 and ? < 10", 7, True),
        ("limit", 7, True),
        ("< limit", 6, True),
        ('"x"', 5, None),
        ("list contains([1, 7], ?)", 7, True),
        ('date("2026-01-01")', None, False),
    ],
)
def test_unary_tests(cell: str, value: Any, answer: bool | None) -> None:
    assert test_unary(parse_unary_tests(cell), value, {"limit": 7}) is answer


def test_names_used() -> None:
    text = "for m in members return m.income + base + count([x]) + add workdays(d, 1) + members[status = 1].y"
    assert names_used(text) == {"members", "base", "x", "add workdays", "d"}


@given(st.text(max_size=200))
def test_random_text_raises_nothing_unforeseen(text: str) -> None:
    with contextlib.suppress(FeelError):
        evaluate(text, {"a": 1, "b": [1, {"c": "d"}]})
    with contextlib.suppress(FeelError):
        test_unary(text, 1, {})


WORDS_TEXT = (
    '1 2.5 "a" @"2026-01-01" @"P1D" a b item ? null true ( ) [ ] { } , : . .. + - * / ** = != < <= > >= and or not in '
    "if then else for return some every satisfies between instance of number list< > function count sum date string "
    "matches partial ->"
)
WORDS = st.sampled_from(WORDS_TEXT.split())


@given(st.lists(WORDS, max_size=25))
def test_random_words_raise_nothing_unforeseen(words: list[str]) -> None:
    text = " ".join(words)
    for use in (lambda: evaluate(text, {"a": 1, "b": [1, {"a": "d"}]}), lambda: test_unary(text, 1, {"a": 2})):
        with contextlib.suppress(FeelSyntaxError, BudgetExceeded):
            use()


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(NUMBERS, NUMBERS, st.sampled_from("+-*"))
def test_arithmetic_is_decimal(left: Decimal, right: Decimal, operator: str) -> None:
    expected = {"+": left + right, "-": left - right, "*": left * right}[operator]
    assert evaluate(f"a {operator} b", {"a": left, "b": right}).value == expected
    assert evaluate(f"({left}) {operator} ({right})").value == expected


@given(NUMBERS, NUMBERS)
def test_comparison_is_decimal(left: Decimal, right: Decimal) -> None:
    assert evaluate("a < b", {"a": left, "b": right}).value is (left < right)
    assert evaluate("a = b", {"a": left, "b": right}).value is (left == right)
    assert evaluate("a in [b..a]", {"a": left, "b": right}).value is (right <= left)
