"""Which days the State has made working days, as far as it has been published. The only importer of `chinese_calendar`.

The package ends with the last year whose notice of the State Council's General Office (国办) it has read, and raises
beyond it. A deadline may not fail for that reason: beyond it `published` says None and `fixed_holiday` is what is
certain in advance (domain.md 0.4-10).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import chinese_calendar
from chinese_calendar import constants

#: The first and the last day that the package knows.
PUBLISHED_FROM = date(min(constants.holidays).year, 1, 1)
PUBLISHED_THROUGH = date(max(constants.holidays).year, 12, 31)

#: Fixed-date holidays of 全国年节及纪念日放假办法(2024); the others move with the moon.
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
_CHINESE = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


class Published(NamedTuple):
    """What the published calendar says about a day."""

    workday: bool
    holiday: str | None  #: Chinese name of the holiday that the day belongs to or is worked for


def published(day: date) -> Published | None:
    """What is published about the day, or None outside the published years."""
    if not PUBLISHED_FROM <= day <= PUBLISHED_THROUGH:
        return None
    is_rest, name = chinese_calendar.get_holiday_detail(day)
    return Published(not is_rest, None if name is None else _CHINESE.get(name, name))


def fixed_holiday(day: date) -> str | None:
    """The Chinese name of the holiday that falls on this date every year, or None."""
    return _FIXED.get((day.month, day.day))
