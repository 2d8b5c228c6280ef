"""When a child reaches an age, and what follows for payments (domain.md 0.4-9)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.calendar.instants import county_day


class AgeRule(StrEnum):
    """On which day an age is reached."""

    ON_BIRTHDAY = "ON_BIRTHDAY"  #: on the birthday itself
    DAY_AFTER = "DAY_AFTER"  #: on the day after, as criminal law counts (法释〔2006〕1号 2条)


def reaches_age_on(birth: date | datetime, age: int, rule: str = AgeRule.ON_BIRTHDAY) -> date:
    """The day on which the age is reached. Born on 29 February: on 28 February in common years (民法典 202).

    `ValueError` for a negative age or an unknown rule.
    """
    birth = county_day(birth)
    if age < 0:
        raise ValueError(f"an age cannot be negative: {age}")
    year = birth.year + age
    birthday = date(year, birth.month, min(birth.day, monthrange(year, birth.month)[1]))
    return birthday + timedelta(days=1 if AgeRule(rule) is AgeRule.DAY_AFTER else 0)


def age_on(birth: date | datetime, day: date | datetime, rule: str = AgeRule.ON_BIRTHDAY) -> int:
    """Completed years on the day. `ValueError` when the birth lies after the day."""
    birth, day = county_day(birth), county_day(day)
    if birth > day:
        raise ValueError(f"born on {birth}, nobody has an age on {day}")
    age = day.year - birth.year
    return max(0, age if reaches_age_on(birth, age, rule) <= day else age - 1)


def month_after(day: date | datetime) -> date:
    """The first day of the following month: payments begin and stop from the month after (DL-18, 0.4-9)."""
    day = county_day(day)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def days_before(day: date | datetime, n: int) -> date:
    """The calendar day n days earlier: warnings before a limit or a birthday (DL-20)."""
    if n < 0:
        raise ValueError(f"a number of days before cannot be negative: {n}")
    return county_day(county_day(day) - timedelta(days=n))
