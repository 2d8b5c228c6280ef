"""How points and ranges lie to one another (Allen's relations), and ranges from text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import temporal
from engine.feel.arithmetic import Undefined
from engine.feel.builtins.registry import builtin
from engine.feel.comparison import contains, order
from engine.feel.values import DECIMAL128, Range

if TYPE_CHECKING:
    from engine.feel.machine import Machine


def _order(left: Any, right: Any) -> int:
    sign = order(left, right)
    if sign is None:
        raise Undefined("types")
    return sign


def _range(value: Any) -> Range:
    if type(value) is not Range or value.start is None or value.end is None:
        raise Undefined("arguments")
    return value


def _starts(left: Range, right: Range) -> int:
    """Whether left starts before (-1), with (0) or after (1) right."""
    sign = _order(left.start, right.start)
    return sign or (right.start_included > left.start_included) - (right.start_included < left.start_included)


def _ends(left: Range, right: Range) -> int:
    sign = _order(left.end, right.end)
    return sign or (left.end_included > right.end_included) - (left.end_included < right.end_included)


def _gap(left: Range, right: Range) -> bool:
    """Whether left ends before right starts."""
    sign = _order(left.end, right.start)
    return sign < 0 or (sign == 0 and not (left.end_included and right.start_included))


@builtin(
    "before(point1: any, point2: any)",
    "before(range: any, point: any)",
    "before(point: any, range: any)",
    "before(range1: any, range2: any)",
)
def before(_machine: Machine, left: Any, right: Any) -> bool:
    """Whether the first lies wholly before the second."""
    return _gap(_as_range(left), _as_range(right))


@builtin(
    "after(point1: any, point2: any)",
    "after(range: any, point: any)",
    "after(point: any, range: any)",
    "after(range1: any, range2: any)",
)
def after(_machine: Machine, left: Any, right: Any) -> bool:
    """Whether the first lies wholly after the second."""
    return _gap(_as_range(right), _as_range(left))


def _as_range(value: Any) -> Range:
    if value is None:
        raise Undefined("arguments")
    return _range(value) if type(value) is Range else Range(value, value)


@builtin("meets(range1: range, range2: range)")
def meets(_machine: Machine, left: Range, right: Range) -> bool:
    """Whether the second begins where the first ends, both including that point."""
    left, right = _range(left), _range(right)
    return left.end_included and right.start_included and _order(left.end, right.start) == 0


@builtin("met by(range1: range, range2: range)")
def met_by(machine: Machine, left: Range, right: Range) -> bool:
    """`meets`, seen from the other."""
    return meets(machine, right, left)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(_machine: Machine, left: Range, right: Range) -> bool:
    """Whether they share a point."""
    left, right = _range(left), _range(right)
    return not _gap(left, right) and not _gap(right, left)


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(_machine: Machine, left: Range, right: Range) -> bool:
    """Whether the first starts earlier and ends within the second."""
    left, right = _range(left), _range(right)
    return _starts(left, right) < 0 and not _gap(left, right) and _ends(left, right) <= 0


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(_machine: Machine, left: Range, right: Range) -> bool:
    """Whether the first starts within the second and ends later."""
    left, right = _range(left), _range(right)
    return _starts(right, left) < 0 and not _gap(right, left) and _ends(right, left) <= 0


@builtin("finishes(point: any, range: range)", "finishes(range1: any, range2: range)")
def finishes(_machine: Machine, left: Any, right: Range) -> bool:
    """Whether the first is the end of the second."""
    left, right = _as_range(left), _range(right)
    return _ends(left, right) == 0 and _starts(left, right) >= 0


@builtin("finished by(range: range, point: any)", "finished by(range1: range, range2: any)")
def finished_by(machine: Machine, left: Range, right: Any) -> bool:
    """`finishes`, seen from the other."""
    return finishes(machine, right, left)


@builtin("includes(range: range, point: any)", "includes(range1: range, range2: any)")
def includes(_machine: Machine, left: Range, right: Any) -> bool:
    """Whether the second lies wholly within the first."""
    left = _range(left)
    if type(right) is not Range:
        answer = contains(left, right)
        if answer is None:
            raise Undefined("types")
        return answer
    return _starts(left, _range(right)) <= 0 and _ends(left, right) >= 0


@builtin("during(point: any, range: range)", "during(range1: any, range2: range)")
def during(machine: Machine, left: Any, right: Range) -> bool:
    """`includes`, seen from the other."""
    return includes(machine, right, left)


@builtin("starts(point: any, range: range)", "starts(range1: any, range2: range)")
def starts(_machine: Machine, left: Any, right: Range) -> bool:
    """Whether the first is the beginning of the second."""
    left, right = _as_range(left), _range(right)
    return _starts(left, right) == 0 and _ends(left, right) <= 0


@builtin("started by(range: range, point: any)", "started by(range1: range, range2: any)")
def started_by(machine: Machine, left: Range, right: Any) -> bool:
    """`starts`, seen from the other."""
    return starts(machine, right, left)


@builtin("coincides(point1: any, point2: any)", "coincides(range1: any, range2: any)")
def coincides(_machine: Machine, left: Any, right: Any) -> bool:
    """Whether they are the same point or the same range."""
    left, right = _as_range(left), _as_range(right)
    return _starts(left, right) == 0 and _ends(left, right) == 0


_TEXT = re.compile(r"([\[(\]])(.*?)\.\.(.*?)([\])\[])", re.DOTALL)
_CONSTRUCTOR = re.compile(r'(?:date|time|date and time|duration)\("([^"]*)"\)|@"([^"]*)"')


@builtin("range(from: string)")
def range_of_text(_machine: Machine, text: str) -> Range:
    """The range that the text writes; its ends are literals, at least one is given."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise Undefined("arguments")
    start, end = _endpoint(match[2].strip()), _endpoint(match[3].strip())
    start_included, end_included = match[1] == "[", match[4] == "]"
    if start is None and end is None:
        raise Undefined("arguments")
    if (start is None and start_included) or (end is None and end_included):
        raise Undefined("arguments")
    if start is not None and end is not None and _order(start, end) > 0:
        raise Undefined("arguments")
    return Range(start, end, start_included, end_included)


def _endpoint(text: str) -> Any:
    if not text:
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    constructor = _CONSTRUCTOR.fullmatch(text)
    if constructor:
        value = temporal.parse_any(constructor[1] or constructor[2] or "")
    elif re.fullmatch(r"-?(?:\d{1,40}(?:\.\d{1,40})?|\.\d{1,40})", text):
        value = DECIMAL128.create_decimal(text)
    else:
        value = None
    if value is None or (type(value) is Decimal and not value.is_finite()):
        raise Undefined("arguments")
    return value
