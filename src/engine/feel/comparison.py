"""Equality, order and membership of FEEL values: three answers, true, false and None (null)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from engine.feel.budget import DEFAULT, Meter
from engine.feel.values import Function, Range, YearsMonths

_ORDERED = (Decimal, str, timedelta, YearsMonths)


def _day_of(value: time) -> datetime:
    return datetime.combine(date(2000, 1, 1), value)


def _aligned(left: datetime, right: datetime, zone: tzinfo | None) -> tuple[datetime, datetime] | None:
    """Both on one clock: in UTC, or both without a zone; None if only one has a zone and no local zone is known."""
    if left.utcoffset() is None and right.utcoffset() is None:
        return left.replace(tzinfo=None), right.replace(tzinfo=None)
    if left.utcoffset() is None or right.utcoffset() is None:
        if zone is None:
            return None
        left = left if left.utcoffset() is not None else left.replace(tzinfo=zone)
        right = right if right.utcoffset() is not None else right.replace(tzinfo=zone)
    try:
        return left.astimezone(UTC), right.astimezone(UTC)
    except OverflowError:
        return None


def equal(left: Any, right: Any, zone: tzinfo | None = None, meter: Meter | None = None) -> bool | None:
    """`left = right`. Values of different kinds are not comparable: None; only null equals or differs from anything.

    The meter counts the elements compared: a small text can make a list that is huge when all its sharing is unfolded.
    """
    if left is None or right is None:
        return left is None and right is None
    kind = type(left)
    if kind is type(right):
        if kind is list:
            return _equal_lists(left, right, zone, meter or Meter(DEFAULT))
        if kind is datetime:
            return _equal_instants(left, right, zone)
        if kind is time:
            return _equal_times(left, right, zone)
        if kind is Function:
            return left is right
        if not issubclass(kind, Mapping):
            return bool(left == right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _equal_contexts(left, right, zone, meter or Meter(DEFAULT))
    if kind is list and len(left) == 1 and type(right) is not list:
        return equal(left[0], right, zone, meter)
    if type(right) is list and len(right) == 1 and kind is not list:
        return equal(left, right[0], zone, meter)
    return None


def _equal_instants(left: datetime, right: datetime, zone: tzinfo | None) -> bool:
    pair = _aligned(left, right, zone)
    return pair is not None and pair[0] == pair[1]


def _equal_times(left: time, right: time, zone: tzinfo | None) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return _equal_instants(_day_of(left), _day_of(right), zone)


def _equal_lists(left: list[Any], right: list[Any], zone: tzinfo | None, meter: Meter) -> bool | None:
    if len(left) != len(right):
        return False
    meter.charge(len(left))
    return all(equal(a, b, zone, meter) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(
    left: Mapping[str, Any], right: Mapping[str, Any], zone: tzinfo | None, meter: Meter
) -> bool | None:
    if left.keys() != right.keys():
        return False
    meter.charge(len(left))
    return all(equal(left[key], right[key], zone, meter) is True for key in left)


def order(left: Any, right: Any, zone: tzinfo | None = None) -> int | None:
    """-1, 0 or 1; None where the two have no order."""
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _ORDERED:
        return int(left > right) - int(left < right)
    if kind is date:
        return int(left > right) - int(left < right)
    if kind is time:
        if (left.tzinfo is None) != (right.tzinfo is None):
            return None
        left, right, kind = _day_of(left), _day_of(right), datetime
    if kind is datetime:
        pair = _aligned(left, right, zone)
        if pair is None:
            return None
        return (pair[0] > pair[1]) - (pair[0] < pair[1])
    return None


def compare(
    operator: str, left: Any, right: Any, zone: tzinfo | None = None, meter: Meter | None = None
) -> bool | None:
    """`left operator right` for the six comparison operators."""
    if operator == "=":
        return equal(left, right, zone, meter)
    if operator == "!=":
        same = equal(left, right, zone, meter)
        return None if same is None else not same
    sign = order(left, right, zone)
    if sign is None:
        return None
    if operator == "<":
        return sign < 0
    if operator == "<=":
        return sign <= 0
    if operator == ">":
        return sign > 0
    return sign >= 0


def contains(interval: Range, value: Any, zone: tzinfo | None = None) -> bool | None:
    """Whether the range holds the value; None if they cannot be compared."""
    if interval.operator == "!=":
        same = equal(value, interval.start, zone)
        return None if same is None else not same
    if not interval.operator and (interval.start is None or interval.end is None):
        return None
    answer: bool | None = None
    if interval.start is not None:
        answer = compare(">=" if interval.start_included else ">", value, interval.start, zone)
        if answer is not True:
            return answer
    if interval.end is not None:
        answer = compare("<=" if interval.end_included else "<", value, interval.end, zone)
    return answer


def within(value: Any, target: Any, zone: tzinfo | None = None, meter: Meter | None = None) -> bool | None:
    """`value in target`: target is a range, a list of values and ranges, or a value to be equal to."""
    if type(target) is Range:
        if type(value) is Range:
            return equal(value, target, zone, meter)
        return contains(target, value, zone)
    if type(target) is list:
        if type(value) is list and equal(value, target, zone, meter) is True:
            return True
        answer: bool | None = False
        for item in target:
            inside = contains(item, value, zone) if type(item) is Range else equal(value, item, zone, meter)
            if inside is True:
                return True
            if inside is None:
                answer = answer if value is not None and type(item) is not Range else None
        return answer
    return equal(value, target, zone, meter)
