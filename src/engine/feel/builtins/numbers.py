"""Numeric functions."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import TYPE_CHECKING

from engine.feel.arithmetic import Undefined, finite
from engine.feel.builtins.registry import builtin
from engine.feel.values import DECIMAL128, YearsMonths

if TYPE_CHECKING:
    from engine.feel.machine import Machine

_ZERO = Decimal(0)


def rounded(number: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """The number with so many decimals; FEEL's scales go from -6111 to 6176."""
    digits = int(scale) if scale is not None else 0
    if not -6111 <= digits <= 6176:
        raise Undefined("out_of_range")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return number
    if (
        digits < 0
        and number.adjusted() + 1 < -digits
        and mode in (ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, ROUND_HALF_EVEN)
    ):
        return _ZERO
    context = DECIMAL128.copy()
    context.rounding = mode
    result = finite(context.quantize(number, Decimal((0, (1,), -digits))))
    return context.plus(result) if digits >= 0 else Decimal(int(result))


@builtin("decimal(n: number, scale: number)")
def decimal(_machine: Machine, n: Decimal, scale: Decimal) -> Decimal:
    """Rounded to even."""
    return rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number)", "floor(n: number, scale: number)")
def floor(_machine: Machine, n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Rounded towards minus infinity."""
    return rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling(n: number)", "ceiling(n: number, scale: number)")
def ceiling(_machine: Machine, n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Rounded towards plus infinity."""
    return rounded(n, scale, ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def round_up(_machine: Machine, n: Decimal, scale: Decimal) -> Decimal:
    """Rounded away from zero."""
    return rounded(n, scale, ROUND_UP)


@builtin("round down(n: number, scale: number)")
def round_down(_machine: Machine, n: Decimal, scale: Decimal) -> Decimal:
    """Rounded towards zero."""
    return rounded(n, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def round_half_up(_machine: Machine, n: Decimal, scale: Decimal) -> Decimal:
    """Rounded to the nearest, halves away from zero."""
    return rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def round_half_down(_machine: Machine, n: Decimal, scale: Decimal) -> Decimal:
    """Rounded to the nearest, halves towards zero."""
    return rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number|duration)")
def absolute(_machine: Machine, n: Decimal | timedelta | YearsMonths) -> Decimal | timedelta | YearsMonths:
    """The size of a number or a duration."""
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    return n.copy_abs() if isinstance(n, Decimal) else abs(n)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(_machine: Machine, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The rest of a division, with the divisor's sign."""
    if divisor == _ZERO:
        raise Undefined("not_a_number")
    rest = finite(DECIMAL128.remainder(dividend, divisor))
    return DECIMAL128.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def sqrt(_machine: Machine, number: Decimal) -> Decimal:
    """The square root."""
    return finite(DECIMAL128.sqrt(number))


@builtin("log(number: number)")
def log(_machine: Machine, number: Decimal) -> Decimal:
    """The natural logarithm."""
    return finite(DECIMAL128.ln(number))


@builtin("exp(number: number)")
def exp(_machine: Machine, number: Decimal) -> Decimal:
    """e to that power."""
    return finite(DECIMAL128.exp(number))


@builtin("odd(number: number)")
def odd(_machine: Machine, number: Decimal) -> bool | None:
    """Whether an integer is odd; null of a fraction."""
    rest = finite(DECIMAL128.remainder(number, Decimal(2)))
    return None if rest != rest.to_integral_value() else rest != _ZERO


@builtin("even(number: number)")
def even(_machine: Machine, number: Decimal) -> bool | None:
    """Whether an integer is even; null of a fraction."""
    rest = finite(DECIMAL128.remainder(number, Decimal(2)))
    return None if rest != rest.to_integral_value() else rest == _ZERO
