"""Regular expressions of XPath, on Python's `re`, without its catastrophic ones.

`re` backtracks and cannot be stopped, so a pattern is measured before it runs: the product of the choices that its
repeats and alternatives offer on a text of that length bounds the work. A pattern whose bound is too high is refused;
so is a repeat of something that can itself match in several ways, which is where exponents come from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as codes
from re import _parser as reader
from typing import Any

from engine.feel.arithmetic import Undefined

PATTERN_LIMIT = 500
#: The highest bound of backtracking steps that is let run: some tenths of a second.
WORK_LIMIT = 3_000_000
_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE, "q": 0}
_REPEATS = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
_FORBIDDEN = frozenset({codes.ASSERT, codes.GROUPREF_EXISTS, codes.ATOMIC_GROUP})


def compiled(pattern: str, flags: str, length: int) -> re.Pattern[str]:
    """The pattern, if it is safe on a text of that length; `Undefined` otherwise."""
    expression, tree = _parsed(pattern, flags)
    # A search that is not tied to the beginning starts anywhere: one more factor.
    tied = len(tree) > 0 and tree[0] == (codes.AT, codes.AT_BEGINNING) and "m" not in flags
    work = (1 if tied else length + 1) * _ways(tree, length + 1)
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
    text = re.escape(pattern) if "q" in flags else _Translation(pattern, "s" in flags, "x" in flags).text()
    try:
        tree = reader.parse(text, bits)
        return re.compile(text, bits), tree
    except (re.error, OverflowError, RecursionError):
        raise Undefined("pattern") from None


class _Translation:
    """XPath's pattern as Python's: what the two write differently is rewritten, what XPath lacks is refused."""

    def __init__(self, pattern: str, dot_all: bool, spaced: bool) -> None:
        self.pattern = re.sub(r"\s+", "", _outside_classes(pattern)) if spaced else pattern
        self.dot_all = dot_all
        self.at = 0

    def text(self) -> str:
        pieces: list[str] = []
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "\\":
                pieces.append(self.escape(inside=False))
            elif char == "[":
                pieces.append(self.one_of())
            elif char == "(" and self.pattern.startswith("(?", self.at) and not self.pattern.startswith("(?:", self.at):
                raise Undefined("pattern")
            else:
                self.at += 1
                pieces.append("[^\\n\\r]" if char == "." and not self.dot_all else char)
        return "".join(pieces).replace("\0", " ")

    def escape(self, *, inside: bool) -> str:
        """One escape sequence."""
        match = re.compile(r"\\(?:([pP])\{([A-Za-z\-]+)\}|(.))", re.DOTALL).match(self.pattern, self.at)
        if match is None:
            raise Undefined("pattern")
        self.at = match.end()
        if match[1]:
            content = _PROPERTIES.get(match[2])
            if content is None or (match[1] == "P" and inside):
                raise Undefined("pattern")
            return content if inside else f"[{'^' if match[1] == 'P' else ''}{content}]"
        char = match[3]
        if char in "ic":
            content = "A-Za-z_:\u00c0-\ufffd" if char == "i" else "\\w.\\-:\u00b7"
            return content if inside else f"[{content}]"
        if (char.isdigit() and inside) or char == "0" or (char.isalpha() and char not in "nrtdDwWsS"):
            raise Undefined("pattern")
        return f"\\{char}"

    def one_of(self) -> str:
        """A character class; `[a-z-[aeiou]]` takes the inner class away."""
        self.at += 1
        pieces = ["["]
        without = ""
        if self.pattern.startswith("^", self.at):
            pieces.append("^")
            self.at += 1
        while True:
            if self.at >= len(self.pattern):
                raise Undefined("pattern")
            char = self.pattern[self.at]
            if char == "]":
                self.at += 1
                break
            if self.pattern.startswith("-[", self.at):
                self.at += 1
                without = f"(?!{self.one_of()})"
            elif char == "\\":
                pieces.append(self.escape(inside=True))
            else:
                self.at += 1
                pieces.append("\\[" if char == "[" else char)
        return f"{without}{''.join(pieces)}]"


def _outside_classes(pattern: str) -> str:
    """The pattern of the `x` flag, with the spaces inside classes kept (as NUL until the end)."""
    return re.sub(r"\[[^\]]*\]", lambda match: match[0].replace(" ", "\0"), pattern)


_PROPERTIES = {
    "L": "A-Za-z\u00c0-\u024f\u0370-\u1fff\u3400-\u9fff\uac00-\ud7a3",
    "Lu": "A-Z\u00c0-\u00de",
    "Ll": "a-z\u00df-\u00ff",
    "N": "0-9\uff10-\uff19",
    "Nd": "0-9\uff10-\uff19",
    "IsBasicLatin": "\\x00-\\x7F",
    "IsCJKUnifiedIdeographs": "\u4e00-\u9fff",
}


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
