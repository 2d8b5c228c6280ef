"""Functions over numbers of a list, and min and max of anything that has an order.

Each takes a list or the elements themselves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import Undefined, finite
from engine.feel.builtins.registry import builtin
from engine.feel.comparison import order
from engine.feel.values import DECIMAL128

if TYPE_CHECKING:
    from engine.feel.machine import Machine


def _values(given: tuple[Any, ...]) -> list[Any]:
    return given[0] if len(given) == 1 and type(given[0]) is list else list(given)


def _numbers(given: tuple[Any, ...], *, empty: bool = False) -> list[Decimal]:
    values = _values(given)
    if (not values and not empty) or any(type(value) is not Decimal for value in values):
        raise Undefined("arguments")
    return values


def _extreme(given: tuple[Any, ...], sign: int) -> Any:
    values = _values(given)
    if not values:
        raise Undefined("arguments")
    best = values[0]
    for value in values:
        compared = order(value, best)
        if compared is None:
            raise Undefined("types")
        if compared == sign:
            best = value
    return best


def total(numbers: list[Decimal]) -> Decimal:
    """The sum, in FEEL's arithmetic."""
    result = Decimal(0)
    for number in numbers:
        result = DECIMAL128.add(result, number)
    return finite(result)


@builtin("min(list: list)", "min(...c: any)")
def minimum(_machine: Machine, *given: Any) -> Any:
    """The smallest."""
    return _extreme(given, -1)


@builtin("max(list: list)", "max(...c: any)")
def maximum(_machine: Machine, *given: Any) -> Any:
    """The greatest."""
    return _extreme(given, 1)


@builtin("sum(list: list)", "sum(...n: any)")
def summed(_machine: Machine, *given: Any) -> Decimal:
    """The sum; null of no numbers."""
    return total(_numbers(given))


@builtin("mean(list: list)", "mean(...n: any)")
def mean(_machine: Machine, *given: Any) -> Decimal:
    """The arithmetic mean."""
    numbers = _numbers(given)
    return finite(DECIMAL128.divide(total(numbers), Decimal(len(numbers))))


@builtin("product(list: list)", "product(...n: any)")
def product(_machine: Machine, *given: Any) -> Decimal:
    """The product."""
    result = Decimal(1)
    for number in _numbers(given):
        result = DECIMAL128.multiply(result, number)
    return finite(result)


@builtin("median(list: list)", "median(...n: any)")
def median(_machine: Machine, *given: Any) -> Decimal:
    """The middle one, or the mean of the two in the middle."""
    numbers = sorted(_numbers(given))
    half = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[half]
    return finite(DECIMAL128.divide(DECIMAL128.add(numbers[half - 1], numbers[half]), Decimal(2)))


@builtin("stddev(list: list)", "stddev(...n: any)")
def stddev(_machine: Machine, *given: Any) -> Decimal:
    """The standard deviation of a sample."""
    numbers = _numbers(given)
    if len(numbers) < 2:
        raise Undefined("arguments")
    middle = DECIMAL128.divide(total(numbers), Decimal(len(numbers)))
    squares = [DECIMAL128.power(DECIMAL128.subtract(number, middle), Decimal(2)) for number in numbers]
    return finite(DECIMAL128.sqrt(DECIMAL128.divide(total(squares), Decimal(len(numbers) - 1))))


@builtin("mode(list: list)", "mode(...n: any)")
def mode(_machine: Machine, *given: Any) -> list[Decimal]:
    """The most frequent numbers, ascending."""
    numbers = _numbers(given, empty=True)
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)
