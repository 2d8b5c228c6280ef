"""Working days with 调休, periods, ages and reminder ladders: every date that the law makes somebody keep
(domain.md 0.4, 0.6). Imports no database and reads no clock."""

from engine.calendar.ages import AgeRule, age_on, days_before, month_after, reaches_age_on
from engine.calendar.days import Day
from engine.calendar.derivation import DayMark, Derivation, Roll, Unit, latest
from engine.calendar.instants import (
    CLOSING_TIME,
    FIRST_DAY,
    LAST_DAY,
    county_day,
    county_instant,
    county_minute,
    due_at,
    end_of_day,
)
from engine.calendar.ladders import MORNING, RUNG_NAMES, Rung, RungCode, ladder_h, ladder_wd
from engine.calendar.suspension import SuspendedClock, Suspension, suspended_clock
from engine.calendar.workdays import Calendar, count_again, default_calendar

__all__ = [
    "CLOSING_TIME",
    "FIRST_DAY",
    "LAST_DAY",
    "MORNING",
    "RUNG_NAMES",
    "AgeRule",
    "Calendar",
    "Day",
    "DayMark",
    "Derivation",
    "Roll",
    "Rung",
    "RungCode",
    "SuspendedClock",
    "Suspension",
    "Unit",
    "age_on",
    "count_again",
    "county_day",
    "county_instant",
    "county_minute",
    "days_before",
    "default_calendar",
    "due_at",
    "end_of_day",
    "ladder_h",
    "ladder_wd",
    "latest",
    "month_after",
    "reaches_age_on",
    "suspended_clock",
]
