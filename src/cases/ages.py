"""When somebody reaches an age, as the county counts (domain.md 0.4-9): on the birthday or, as criminal law counts, on
the day after. It matters for a child born on the last day of a month, who is paid a month longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from sqlalchemy import func, select

from cases.parameters import DEFAULTS, county_parameter, parameters
from engine.calendar import reaches_age_on
from engine.store.session import Session

#: The county's way, in a statement of one's own.
COUNTING = func.coalesce(
    select(county_parameter.c.value).where(county_parameter.c.name == "age_counting").scalar_subquery(),
    DEFAULTS.age_counting,
)


def reached(session: Session) -> Callable[[date, int], date]:
    """From birth and age the day on which the age is reached, as the county counts now."""
    return partial(reaches_age_on, rule=parameters(session).age_counting)
