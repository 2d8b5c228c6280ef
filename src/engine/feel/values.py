"""FEEL's values as Python's: what has no counterpart in the standard library is defined here.

number = Decimal, string = str, boolean = bool, null = None, list = list, context = dict, date, datetime, time,
days and time duration = timedelta; here: years and months duration, range and function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

#: FEEL numbers are IEEE 754 decimal128: 34 digits. Nothing traps; a result that is no number becomes null.
DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A years and months duration, in months."""

    months: int

    def __str__(self) -> str:
        size = abs(self.months)
        years, months = divmod(size, 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if self.months < 0 else "P") + text


@dataclass(frozen=True)
class Range:
    """All values from `start` to `end`.

    `operator` says that the range was written as a comparison, `(< 5)`: then a bound that is None is open to that side.
    Without it a bound that is None is simply unknown.
    """

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    operator: str = ""


@dataclass(frozen=True, eq=False)
class Function:
    """A function value: `invoke` takes the arguments in the order of `parameters`."""

    name: str
    parameters: tuple[str, ...]
    invoke: Callable[..., Any]
    types: tuple[Any, ...] = ()
    result: Any = None
    levels: int = 1
    variadic: bool = False


@dataclass(frozen=True)
class Warning:
    """Why a value became null. `code` is stable; `detail` names the culprit."""

    code: str
    detail: str = ""

    @property
    def message(self) -> str:
        """The sentence for the author, Chinese."""
        return (
            f"{WARNING_TEXT.get(self.code, self.code)}：{self.detail}"
            if self.detail
            else WARNING_TEXT.get(self.code, self.code)
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


WARNING_TEXT: Mapping[str, str] = {
    "unknown_name": "没有这个名称",
    "unknown_function": "没有这个函数",
    "unknown_type": "没有这个类型",
    "not_a_function": "这不是函数",
    "arguments": "函数的参数不对",
    "function_failed": "函数没有算出结果",
    "types": "类型不能这样运算",
    "no_component": "没有这个成分",
    "not_a_number": "算不出数（除以零或超出范围）",
    "out_of_range": "超出允许的范围",
    "not_boolean": "条件不是“是/否”",
    "index": "列表中没有这个位置",
    "pattern": "正则表达式不被接受",
    "value": "不能用作值",
    "no_rule_hit": "没有规则命中",
    "not_allowed": "输入值不在允许的范围内",
}


@dataclass(frozen=True)
class Result:
    """What an evaluation gave: the value, and why parts of it are null."""

    value: Any
    warnings: tuple[Warning, ...] = field(default=())


_CLEAN = frozenset({Decimal, str, bool, type(None), date, datetime, time, timedelta, YearsMonths, Range, Function})


def to_number(value: int | float) -> Decimal | None:
    """A Python number as a FEEL number; None for infinities and NaN."""
    number = DECIMAL128.create_decimal(repr(value) if isinstance(value, float) else value)
    return number if number.is_finite() else None


def clean(value: Any) -> Any:
    """A value from outside as a FEEL value: numbers become Decimal at every depth, foreign objects become null."""
    kind = type(value)
    if kind in _CLEAN:
        return value
    if kind is int or kind is float:
        return to_number(value)
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [clean(item) for item in value]
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, (int, float)):
        return to_number(value)
    for known in (str, Decimal, datetime, date, time, timedelta, YearsMonths):
        if isinstance(value, known):
            return str(value) if known is str else value
    return None


def type_name(value: Any) -> str:
    """FEEL's name of the value's type."""
    if isinstance(value, Mapping):
        return "context"
    return _TYPE_NAMES.get(type(value), "Any")


_TYPE_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    int: "number",
    float: "number",
    str: "string",
    list: "list",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    Function: "function",
}
