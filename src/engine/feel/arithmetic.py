"""`+ - * / **` of FEEL values. A result that does not exist is None; the reason is given as a warning code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.budget import Meter
from engine.feel.temporal import add_months, microseconds
from engine.feel.values import DECIMAL128, YearsMonths

_ZERO = Decimal(0)


class Undefined(Exception):
    """The operation has no result; the argument is the warning's code."""


def finite(number: Decimal) -> Decimal:
    """The number, or `Undefined` for infinities and NaN."""
    if not number.is_finite():
        raise Undefined("not_a_number")
    return number


def operate(operator: str, left: Any, right: Any, meter: Meter) -> Any:
    """`left operator right`; raises `Undefined` where FEEL's answer is null."""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(operator, left, right)
    if operator == "+" and type(left) is str and type(right) is str:
        meter.check_text(len(left) + len(right))
        return left + right
    handler = _TABLE.get((operator, type(left), type(right)))
    if handler is None:
        raise Undefined("types")
    try:
        result = handler(left, right)
    except (OverflowError, ValueError):
        raise Undefined("out_of_range") from None
    if result is None:
        raise Undefined("out_of_range")
    return result


def _number(operator: str, left: Decimal, right: Decimal) -> Decimal:
    if operator == "+":
        return finite(DECIMAL128.add(left, right))
    if operator == "-":
        return finite(DECIMAL128.subtract(left, right))
    if operator == "*":
        return finite(DECIMAL128.multiply(left, right))
    if operator == "/":
        return finite(DECIMAL128.divide(left, right))
    return power(left, right)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base ** exponent`; a huge exponent is refused before it costs time."""
    if abs(exponent) > 1_000_000:
        raise Undefined("out_of_range")
    return finite(DECIMAL128.power(base, exponent))


def _scale(value: timedelta, factor: Decimal) -> timedelta:
    return timedelta(microseconds=int(DECIMAL128.multiply(Decimal(microseconds(value)), factor)))


def _divide_duration(value: timedelta, by: Decimal) -> timedelta:
    if by == _ZERO:
        raise Undefined("not_a_number")
    return timedelta(microseconds=int(DECIMAL128.divide(Decimal(microseconds(value)), by)))


def _ratio(left: int, right: int) -> Decimal:
    return finite(DECIMAL128.divide(Decimal(left), Decimal(right)))


def _months(value: Decimal) -> YearsMonths:
    months = int(finite(value))
    if abs(months) > 10**12:
        raise Undefined("out_of_range")
    return YearsMonths(months)


def _divide_months(value: YearsMonths, by: Decimal) -> YearsMonths:
    return _months(DECIMAL128.divide(Decimal(value.months), by))


def _add_to_date(day: date, span: timedelta) -> date:
    return (datetime.combine(day, time()) + span).date()


def _add_to_instant(instant: datetime, span: timedelta) -> datetime:
    if instant.tzinfo is None:
        return instant + span
    return (instant.astimezone(UTC) + span).astimezone(instant.tzinfo)


def _add_to_time(clock: time, span: timedelta) -> time:
    return (
        (datetime.combine(date(2000, 1, 1), clock, None) + timedelta(microseconds=microseconds(span) % 86_400_000_000))
        .time()
        .replace(tzinfo=clock.tzinfo)
    )


def _between_instants(left: datetime, right: datetime) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise Undefined("types")
    if left.tzinfo is None:
        return left - right
    return left.astimezone(UTC) - right.astimezone(UTC)


def _between_times(left: time, right: time) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise Undefined("types")
    day = date(2000, 1, 1)
    return _between_instants(datetime.combine(day, left), datetime.combine(day, right))


def _midnight(day: date, like: datetime) -> datetime:
    return datetime.combine(day, time(), UTC if like.tzinfo else None)


_TABLE: dict[tuple[str, type, type], Callable[[Any, Any], Any]] = {
    ("+", date, timedelta): _add_to_date,
    ("+", timedelta, date): lambda a, b: _add_to_date(b, a),
    ("+", date, YearsMonths): lambda a, b: add_months(a, b.months),
    ("+", YearsMonths, date): lambda a, b: add_months(b, a.months),
    ("+", datetime, timedelta): _add_to_instant,
    ("+", timedelta, datetime): lambda a, b: _add_to_instant(b, a),
    ("+", datetime, YearsMonths): lambda a, b: add_months(a, b.months),
    ("+", YearsMonths, datetime): lambda a, b: add_months(b, a.months),
    ("+", time, timedelta): _add_to_time,
    ("+", timedelta, time): lambda a, b: _add_to_time(b, a),
    ("+", timedelta, timedelta): lambda a, b: a + b,
    ("+", YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months + b.months),
    ("-", date, timedelta): lambda a, b: _add_to_date(a, -b),
    ("-", date, YearsMonths): lambda a, b: add_months(a, -b.months),
    ("-", datetime, timedelta): lambda a, b: _add_to_instant(a, -b),
    ("-", datetime, YearsMonths): lambda a, b: add_months(a, -b.months),
    ("-", time, timedelta): lambda a, b: _add_to_time(a, -b),
    ("-", timedelta, timedelta): lambda a, b: a - b,
    ("-", YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months - b.months),
    ("-", date, date): lambda a, b: a - b,
    ("-", datetime, datetime): _between_instants,
    ("-", date, datetime): lambda a, b: _between_instants(_midnight(a, b), b),
    ("-", datetime, date): lambda a, b: _between_instants(a, _midnight(b, a)),
    ("-", time, time): _between_times,
    ("*", timedelta, Decimal): _scale,
    ("*", Decimal, timedelta): lambda a, b: _scale(b, a),
    ("*", YearsMonths, Decimal): lambda a, b: _months(DECIMAL128.multiply(Decimal(a.months), b)),
    ("*", Decimal, YearsMonths): lambda a, b: _months(DECIMAL128.multiply(Decimal(b.months), a)),
    ("/", timedelta, Decimal): _divide_duration,
    ("/", timedelta, timedelta): lambda a, b: _ratio(microseconds(a), microseconds(b)),
    ("/", YearsMonths, Decimal): _divide_months,
    ("/", YearsMonths, YearsMonths): lambda a, b: _ratio(a.months, b.months),
}


def negate(value: Any) -> Any:
    """`-value` of a number or a duration."""
    if type(value) is Decimal:
        return DECIMAL128.minus(value)
    if type(value) is timedelta:
        return -value
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    raise Undefined("types")
