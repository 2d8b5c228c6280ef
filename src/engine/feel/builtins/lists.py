"""List functions. Positions count from 1, or from the end when negative."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import Undefined
from engine.feel.builtins.registry import builtin
from engine.feel.comparison import equal, order
from engine.feel.values import Function

if TYPE_CHECKING:
    from engine.feel.machine import Machine


def _same(left: Any, right: Any, machine: Machine) -> bool:
    if type(left) is not type(right):
        return False
    return equal(left, right, None, machine.meter) is True


def _found(items: list[Any], element: Any, machine: Machine) -> bool:
    machine.meter.charge(len(items))
    return any(_same(item, element, machine) for item in items)


@builtin("list contains(list: list, element: any)")
def list_contains(machine: Machine, items: list[Any], element: Any) -> bool:
    """Whether the element is in the list."""
    return any(_same(item, element, machine) for item in items)


@builtin("count(list: list)")
def count(_machine: Machine, items: list[Any]) -> Decimal:
    """The number of elements."""
    return Decimal(len(items))


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(_machine: Machine, items: list[Any], start: Decimal, length: Decimal | None) -> list[Any]:
    """From a position, so many elements or to the end."""
    begin = _index(items, start)
    if length is None:
        return items[begin:]
    if length < 0 or begin + length > len(items):
        raise Undefined("index")
    return items[begin : begin + int(length)]


def _index(items: list[Any], position: Decimal) -> int:
    if not position or abs(position) > len(items):
        raise Undefined("index")
    return int(position) - 1 if position > 0 else len(items) + int(position)


@builtin("append(list: list, ...items: any)")
def append(machine: Machine, items: list[Any], *more: Any) -> list[Any]:
    """The list with these elements at its end."""
    machine.meter.check_list(len(items) + len(more))
    return [*items, *more]


@builtin("concatenate(...list: list)")
def concatenate(machine: Machine, *lists: list[Any]) -> list[Any]:
    """All lists in one."""
    machine.meter.check_list(sum(map(len, lists)))
    return [item for each in lists for item in each]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(machine: Machine, items: list[Any], position: Decimal, new: Any) -> list[Any]:
    """The list with an element put before that position."""
    machine.meter.check_list(len(items) + 1)
    begin = _index(items, position)
    return [*items[:begin], new, *items[begin:]]


@builtin("remove(list: list, position: number)")
def remove(_machine: Machine, items: list[Any], position: Decimal) -> list[Any]:
    """The list without the element at that position."""
    begin = _index(items, position)
    return items[:begin] + items[begin + 1 :]


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace_at(_machine: Machine, items: list[Any], position: Decimal, new: Any) -> list[Any]:
    """The list with another element at that position."""
    begin = _index(items, position)
    return [*items[:begin], new, *items[begin + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(machine: Machine, items: list[Any], match: Function, new: Any) -> list[Any]:
    """The list with another element wherever `match(item, newItem)` holds."""
    answers = [machine.invoke(match, [item, new]) for item in items]
    if any(type(answer) is not bool for answer in answers):
        raise Undefined("arguments")
    return [new if answer else item for item, answer in zip(items, answers, strict=True)]


@builtin("reverse(list: list)")
def reverse(_machine: Machine, items: list[Any]) -> list[Any]:
    """The list from its end."""
    return items[::-1]


@builtin("index of(list: list, match: any)")
def index_of(machine: Machine, items: list[Any], match: Any) -> list[Any]:
    """All positions of an element."""
    return [Decimal(index) for index, item in enumerate(items, 1) if _same(item, match, machine)]


@builtin("distinct values(list: list)")
def distinct_values(machine: Machine, items: list[Any]) -> list[Any]:
    """Each value once."""
    result: list[Any] = []
    for item in items:
        if not _found(result, item, machine):
            result.append(item)
    return result


@builtin("union(...list: list)")
def union(machine: Machine, *lists: list[Any]) -> list[Any]:
    """All lists in one, each value once."""
    return distinct_values(machine, concatenate(machine, *lists))


@builtin("flatten(list: list)")
def flatten(machine: Machine, items: list[Any]) -> list[Any]:
    """All elements of inner lists, at every depth."""
    result: list[Any] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            machine.meter.charge(1)
            if type(item) is list:
                waiting.append(iter(item))
                break
            result.append(item)
        else:
            waiting.pop()
    machine.meter.check_list(len(result))
    return result


@builtin("sort(list: list, precedes?: function)")
def sort(machine: Machine, items: list[Any], precedes: Function | None) -> list[Any]:
    """The list in order: by the function, or of numbers, strings and the like by themselves."""
    if precedes is None:
        return sorted(items, key=cmp_to_key(_natural))
    return sorted(items, key=cmp_to_key(_order_by(machine, precedes)))


def _natural(left: Any, right: Any) -> int:
    sign = order(left, right)
    if sign is None:
        raise Undefined("types")
    return sign


def _order_by(machine: Machine, precedes: Function) -> Callable[[Any, Any], int]:
    def compare(left: Any, right: Any) -> int:
        first = machine.invoke(precedes, [left, right])
        if type(first) is not bool:
            raise Undefined("arguments")
        if first:
            return -1
        return 1 if machine.invoke(precedes, [right, left]) is True else 0

    return compare
