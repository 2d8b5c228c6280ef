"""Regular expressions of XPath, on Python's `re`, without its catastrophic ones.

`re` backtracks and cannot be stopped, so a pattern is measured before it runs: the product of the choices that its
repeats and alternatives offer on a text of that length bounds the work. A pattern whose bound is too high is refused;
so is a repeat of something that can itself match in several ways, which is where exponents come from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as reader  # type: ignore[attr-defined]
from typing import Any

from engine.feel.arithmetic import Undefined

PATTERN_LIMIT = 500
#: The highest bound of backtracking steps that is let run: some tenths of a second.
WORK_LIMIT = 3_000_000
_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE, "q": 0}
_REPEATS = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
_FORBIDDEN = frozenset({codes.ASSERT, codes.ASSERT_NOT, codes.GROUPREF_EXISTS, codes.ATOMIC_GROUP})


def compiled(pattern: str, flags: str, length: int) -> re.Pattern[str]:
    """The pattern, if it is safe on a text of that length; `Undefined` otherwise."""
    expression, tree = _parsed(pattern, flags)
    # The search starts anywhere: one more factor.
    work = (length + 1) * _ways(tree, length + 1)
    if work > WORK_LIMIT:
        raise Undefined("pattern")
    return expression


@lru_cache(maxsize=256)
def _parsed(pattern: str, flags: str) -> tuple[re.Pattern[str], Any]:
    if len(pattern) > PATTERN_LIMIT or any(flag not in _FLAGS for flag in flags):
        raise Undefined("pattern")
    bits = 0
    for flag in flags:
        bits |= _FLAGS[flag]
    if "q" in flags:
        pattern = re.escape(pattern)
    elif "x" in flags:
        pattern = re.sub(r"\s+", "", pattern)
        bits &= ~re.VERBOSE
    text = _translated(pattern)
    if "(?" in text.replace("(?:", ""):
        raise Undefined("pattern")
    try:
        tree = reader.parse(text, bits)
        return re.compile(text, bits), tree
    except (re.error, OverflowError, RecursionError):
        raise Undefined("pattern") from None


def _translated(pattern: str) -> str:
    """XPath's pattern as Python's: class subtraction, `\\i`, `\\c` and `\\p{..}` of letters, digits and the rest."""
    pattern = re.sub(r"-\[([^\[\]]*)\]\]", lambda m: f"](?<![{m[1]}])", pattern) if "-[" in pattern else pattern
    for name, text in (
        ("\\p{L}", "[^\\W\\d_]"),
        ("\\p{Nd}", "\\d"),
        ("\\p{N}", "\\d"),
        ("\\i", "[^\\W\\d]"),
        ("\\c", "\\w"),
    ):
        pattern = pattern.replace(name, text)
    return pattern


def _ways(tree: Any, length: int) -> int:
    """A bound of the ways in which the parts can match a text of that length."""
    ways = 1
    for code, argument in tree:
        ways *= _ways_of(code, argument, length)
        if ways > WORK_LIMIT:
            raise Undefined("pattern")
    return ways


def _ways_of(code: Any, argument: Any, length: int) -> int:
    if code in _FORBIDDEN:
        raise Undefined("pattern")
    if code in _REPEATS:
        low, high, inner = argument
        choices = min(int(high), length) - min(int(low), length) + 1
        inside = _ways(inner, length)
        if int(high) > 1 and inside > 1:
            if choices > 1 or int(high) > 20:
                raise Undefined("pattern")
            return int(inside ** int(high))
        return choices * inside
    if code is codes.SUBPATTERN:
        return _ways(argument[3], length)
    if code is codes.BRANCH:
        return sum(_ways(branch, length) for branch in argument[1])
    return 1


def replacement_pieces(replacement: str, groups: int, *, literal: bool) -> list[str | int]:
    """The replacement as texts and group numbers; `\\$` and `\\\\` stand for themselves."""
    if literal:
        return [replacement]
    pieces: list[str | int] = []
    for match in re.finditer(r"\\([\\$])|\$(\d)|([^\\$]+)|(.)", replacement, re.DOTALL):
        if match[1] is not None:
            pieces.append(match[1])
        elif match[2] is not None:
            number = int(match[2])
            if number <= groups:
                pieces.append(number)
        elif match[3] is not None:
            pieces.append(match[3])
        else:
            raise Undefined("pattern")
    return pieces
