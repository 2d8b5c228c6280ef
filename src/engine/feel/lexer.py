"""Cuts a FEEL text into tokens.

FEEL allows spaces and even operators inside names, which no regular grammar can cut. Three rules settle it: a name that
is known (built in, given by the caller, or a key of a context in the text) is taken whole, the longest first; words
that stand side by side are one name; keywords end a name. Square brackets also open and close ranges the wrong way
round (`]1..3[`); which is meant is decided here, from the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lark.lexer import Token

from engine.feel.budget import BRACKET_LIMIT
from engine.feel.errors import BudgetExceeded, FeelSyntaxError

KEYWORDS = {
    word: word.upper()
    for word in (
        "if", "then", "else", "for", "return", "some", "every", "satisfies", "in", "and", "or", "between",
        "instance", "of", "function", "external", "true", "false", "null",
    )
}  # fmt: skip
#: Words that are keywords only in their place: `end of day` is a name, so is `external id`.
_SOFT = {"of": "INSTANCE", "external": "RPAR"}
#: Names of types and literals that hold a keyword; always known.
PHRASES = frozenset({"date and time", "years and months duration", "days and time duration"})

_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3005-\u3007\u3021-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF21-\uFF3A\uFF41-\uFF5A\uFF66-\uFFDC\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040\uFF10-\uFF19"
_WORD = re.compile(rf"[?{_START}][?{_PART}']*")
_KEY = re.compile(rf"\s*([?{_START}][?{_PART}'.+\-*/ \u00A0\u3000\t\n]*?)\s*:")
_SPACE = re.compile(r"(?:[\s\u00A0\u3000\uFEFF\u1680\u180E\u200B]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SYMBOL = re.compile(r"\*\*|->|\.\.|<=|>=|!=|[()\[\]{},:.+\-*/=<>]")
_SYMBOLS = {
    "**": "POWER", "->": "ARROW", "..": "DOTS", "<=": "COMPARE", ">=": "COMPARE", "!=": "COMPARE", "=": "COMPARE",
    "<": "COMPARE", ">": "COMPARE", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE",
    ",": "COMMA", ":": "COLON", ".": "DOT", "+": "PLUS", "-": "MINUS", "*": "STAR", "/": "SLASH",
}  # fmt: skip
_TYPES = {"list": "LIST_TYPE", "context": "CONTEXT_TYPE", "range": "RANGE_TYPE"}
_OPERAND_END = frozenset(
    {
        "NAME",
        "NUMBER",
        "STRING",
        "AT_LITERAL",
        "TRUE",
        "FALSE",
        "NULL",
        "RPAR",
        "RSQB",
        "RBRACE",
        "CLOSE_LSQB",
        "TYPE_END",
    }
)
_FULL_WIDTH = "（），。：；“”‘’【】《》＝＜＞＋－！、"
_AFTER_CLOSE = re.compile(
    r"\s*(?:$|[)\]},=<>+*/:]|\.\s*[^\d.\s]|-|!=|(?:and|or|in|then|else|return|satisfies|between|instance)\b)"
)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _failure(text: str, at: int, message: str, message_zh: str) -> FeelSyntaxError:
    line, column = position(text, at)
    return FeelSyntaxError(message, line, column, text, message_zh)


def _type_may_stand(previous: str, bracket: str) -> bool:
    """Whether a type may follow: after `instance of`, within a type, or after a parameter's colon."""
    return previous in ("OF", "ARROW") or bracket == "<" or (bracket == "parameters" and previous == "COLON")


class _Cut:
    """One pass over one text."""

    def __init__(self, text: str, known: Iterable[str]) -> None:
        self.text = text
        self.at = 0
        self.stack: list[str] = []
        self.dots: list[bool] = [False]
        self.previous = ""
        self.before_previous = ""
        self.known: dict[str, list[re.Pattern[str]]] = {}
        for name in sorted(known, key=len, reverse=True):
            self.learn(name)

    def learn(self, name: str) -> None:
        """From here on, take this name whole; only names that words side by side would not give need it."""
        words = name.split()
        if not words or (all(_WORD.fullmatch(word) for word in words) and not any(w in KEYWORDS for w in words)):
            return
        pattern = re.compile(r"\s+".join(re.escape(word) for word in words) + rf"(?![{_PART}])")
        bucket = self.known.setdefault(name[0], [])
        bucket.append(pattern)
        bucket.sort(key=lambda each: -len(each.pattern))

    def token(self, kind: str, end: int, value: str | None = None) -> Token:
        token = Token(kind, self.text[self.at : end] if value is None else value, start_pos=self.at)
        self.at = end
        self.before_previous, self.previous = self.previous, kind
        return token

    def tokens(self) -> Iterator[Token]:
        text = self.text
        while True:
            space = _SPACE.match(text, self.at)
            if space:
                self.at = space.end()
            if self.at >= len(text):
                return
            yield self.next_token()

    def next_token(self) -> Token:
        text, at = self.text, self.at
        char = text[at]
        if self.stack and self.stack[-1] == "{" and self.previous in ("LBRACE", "COMMA"):
            key = self.key()
            if key is not None:
                return key
        if char == '"':
            return self.quoted("STRING", at)
        if char == "@" and text[at + 1 : at + 2] == '"':
            return self.quoted("AT_LITERAL", at + 1)
        number = _NUMBER.match(text, at)
        if number and (char != "." or self.previous not in _OPERAND_END):
            return self.token("NUMBER", number.end())
        word = self.word()
        if word is not None:
            return word
        symbol = _SYMBOL.match(text, at)
        if symbol is None:
            if char in _FULL_WIDTH:
                raise _failure(
                    self.text, self.at, f"full-width punctuation {char!r} is not FEEL", f"请用半角符号代替全角“{char}”"
                )
            raise _failure(self.text, self.at, f"unexpected character {char!r}", f"不认识的字符“{char}”")
        return self.symbol(symbol.group(), symbol.end())

    def quoted(self, kind: str, start: int) -> Token:
        match = _STRING.match(self.text, start)
        if match is None:
            raise _failure(self.text, self.at, "a string is not closed", "文字缺少右引号")
        return self.token(kind, match.end(), match.group()[1:-1])

    def key(self) -> Token | None:
        """The key of a context entry; a name with operators in it is known from here on."""
        if self.text[self.at] == '"':
            match = _STRING.match(self.text, self.at)
            return self.token("KEY", match.end(), '"' + match.group()[1:-1]) if match else None
        match = _KEY.match(self.text, self.at)
        if match is None:
            return None
        name = " ".join(match.group(1).split())
        self.learn(name)
        return self.token("KEY", match.end(1), name)

    def word(self) -> Token | None:
        """A known name, a keyword, or the words up to the next keyword."""
        text = self.text
        for pattern in self.known.get(text[self.at], ()):
            match = pattern.match(text, self.at)
            if match:
                return self.token("NAME", match.end(), " ".join(match.group().split()))
        match = _WORD.match(text, self.at)
        if match is None:
            return None
        keyword = self.keyword(match.group(), first=True)
        if keyword is not None:
            return self.special(keyword, match)
        words = [match.group()]
        end = match.end()
        while True:
            space = _SPACE.match(text, end)
            following = _WORD.match(text, space.end()) if space else None
            if following is None or self.keyword(following.group(), first=False) is not None:
                break
            words.append(following.group())
            end = following.end()
        return self.named(" ".join(words), end)

    def keyword(self, word: str, *, first: bool) -> str | None:
        if first and self.previous == "DOT":
            return None
        if word in _SOFT and not (first and self.previous == _SOFT[word]):
            return None
        return KEYWORDS.get(word)

    def special(self, keyword: str, match: re.Match[str]) -> Token:
        """A keyword; `function<` opens a type."""
        if keyword == "FUNCTION":
            opener = re.compile(r"\s*<").match(self.text, match.end())
            if opener:
                self.push("<")
                return self.token("FUNCTION_TYPE", opener.end())
        return self.token(keyword, match.end())

    def named(self, name: str, end: int) -> Token:
        """A name; `list<`, `context<` and `range<` open a type where a type may stand."""
        if name in _TYPES:
            opener = re.compile(r"\s*<").match(self.text, end)
            if opener and _type_may_stand(self.previous, self.stack[-1] if self.stack else ""):
                self.push("<")
                return self.token(_TYPES[name], opener.end())
        return self.token("NAME", end, name)

    def push(self, bracket: str) -> None:
        self.stack.append(bracket)
        self.dots.append(False)
        if len(self.stack) > BRACKET_LIMIT:
            raise BudgetExceeded("nested brackets", BRACKET_LIMIT)

    def pop(self) -> None:
        if self.stack:
            self.stack.pop()
            self.dots.pop()

    def symbol(self, symbol: str, end: int) -> Token:
        kind = _SYMBOLS[symbol]
        if symbol in "({":
            self.push("parameters" if self.previous == "FUNCTION" else symbol)
        elif symbol in ")}":
            self.pop()
        elif symbol == "..":
            self.dots[-1] = True
        elif symbol == ">" and self.stack and self.stack[-1] == "<":
            self.pop()
            kind = "TYPE_END"
        elif symbol in "[]":
            kind = self.square(symbol, end)
        return self.token(kind, end)

    def square(self, symbol: str, end: int) -> str:
        """Which of its meanings a square bracket has here."""
        after_operand = self.previous in _OPERAND_END
        if symbol == "[":
            if after_operand and self.dots[-1] and self.stack and _AFTER_CLOSE.match(self.text, end):
                self.pop()
                return "CLOSE_LSQB"
            self.push("[")
            return "LSQB"
        if after_operand or self.previous == "LSQB":
            self.pop()
            return "RSQB"
        self.push("]")
        return "OPEN_RSQB"


def tokenize(text: str, known: Iterable[str]) -> list[Token]:
    """All tokens of the text. Raises `FeelSyntaxError` and `BudgetExceeded`."""
    return list(_Cut(text, known).tokens())
