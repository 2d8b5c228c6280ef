"""String functions. Positions count characters (code points) from 1."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import Undefined
from engine.feel.builtins import patterns
from engine.feel.builtins.registry import builtin

if TYPE_CHECKING:
    from engine.feel.machine import Machine


@builtin("substring(string: string, start position: number, length?: number)")
def substring(_machine: Machine, string: str, start: Decimal, length: Decimal | None) -> str:
    """From a position (negative: from the end), so many characters or to the end."""
    if not start or abs(start) > len(string):
        raise Undefined("index")
    begin = int(start) - 1 if start > 0 else len(string) + int(start)
    if length is None:
        return string[begin:]
    if length < 1:
        raise Undefined("arguments")
    return string[begin : begin + int(min(length, Decimal(len(string))))]


@builtin("string length(string: string)")
def string_length(_machine: Machine, string: str) -> Decimal:
    """The number of characters."""
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(_machine: Machine, string: str) -> str:
    """In capitals."""
    return string.upper()


@builtin("lower case(string: string)")
def lower_case(_machine: Machine, string: str) -> str:
    """In small letters."""
    return string.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(_machine: Machine, string: str, match: str) -> str:
    """What stands before the match, nothing if it is not there."""
    at = string.find(match)
    return string[:at] if at > 0 else ""


@builtin("substring after(string: string, match: string)")
def substring_after(_machine: Machine, string: str, match: str) -> str:
    """What stands after the match, nothing if it is not there."""
    at = string.find(match)
    return string[at + len(match) :] if at >= 0 else ""


@builtin("contains(string: string, match: string)")
def contains(_machine: Machine, string: str, match: str) -> bool:
    """Whether the match stands in the string."""
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(_machine: Machine, string: str, match: str) -> bool:
    """Whether the string begins with the match."""
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(_machine: Machine, string: str, match: str) -> bool:
    """Whether the string ends with the match."""
    return string.endswith(match)


@builtin("matches(input: string, pattern: string, flags?: string)")
def matches(_machine: Machine, text: str, pattern: str, flags: str | None) -> bool:
    """Whether the pattern occurs in the text."""
    return patterns.compiled(pattern, flags or "", len(text)).search(text) is not None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string)")
def replace(machine: Machine, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    """The text with all matches replaced; `$1` in the replacement is the first group."""
    expression = patterns.compiled(pattern, flags or "", len(text))
    if expression.search("") is not None:
        raise Undefined("pattern")
    pieces = patterns.replacement_pieces(replacement, expression.groups, literal="q" in (flags or ""))
    result: list[str] = []
    size = at = 0
    for match in expression.finditer(text):
        parts = [text[at : match.start()]]
        parts += [(match.group(piece) or "") if isinstance(piece, int) else piece for piece in pieces]
        at = match.end()
        size += sum(map(len, parts))
        machine.meter.check_text(size)
        result.extend(parts)
    result.append(text[at:])
    machine.meter.check_text(size + len(text) - at)
    return "".join(result)


@builtin("split(string: string, delimiter: string)")
def split(machine: Machine, text: str, delimiter: str) -> list[str]:
    """The parts between the delimiter, which is a pattern."""
    expression = patterns.compiled(delimiter, "", len(text))
    parts: list[str] = []
    at = 0
    for match in expression.finditer(text):
        if match.end() == match.start():
            continue
        parts.append(text[at : match.start()])
        at = match.end()
    parts.append(text[at:])
    machine.meter.check_list(len(parts))
    return parts


@builtin("string join(list: list, delimiter?: string)")
def string_join(machine: Machine, items: list[Any], delimiter: str | None) -> str:
    """All strings of the list in one, nulls left out, with the delimiter between them."""
    if any(item is not None and type(item) is not str for item in items):
        raise Undefined("arguments")
    texts = [item for item in items if item is not None]
    between = delimiter or ""
    machine.meter.check_text(sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0))
    return between.join(texts)
