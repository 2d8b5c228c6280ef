"""Date and time functions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import builtin

if TYPE_CHECKING:
    from engine.feel.machine import Machine

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now()")
def now(machine: Machine) -> datetime:
    """The instant of the evaluation, as the caller gave it."""
    return machine.local_now()


@builtin("today()")
def today(machine: Machine) -> date:
    """The day of the evaluation."""
    return machine.local_day()


@builtin("day of year(date: date|datetime)")
def day_of_year(_machine: Machine, day: date) -> Decimal:
    """1 to 366."""
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week(date: date|datetime)")
def day_of_week(_machine: Machine, day: date) -> str:
    """The English name of the weekday."""
    return _DAYS[day.weekday()]


@builtin("month of year(date: date|datetime)")
def month_of_year(_machine: Machine, day: date) -> str:
    """The English name of the month."""
    return _MONTHS[day.month - 1]


@builtin("week of year(date: date|datetime)")
def week_of_year(_machine: Machine, day: date) -> Decimal:
    """The ISO 8601 week."""
    return Decimal(day.isocalendar().week)
