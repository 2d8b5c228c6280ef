"""Days as the address of a page has them."""

from __future__ import annotations

from datetime import date, datetime, time

from engine.clock import COUNTY_ZONE
from engine.errors import Refused


def beginning_of(text: str) -> datetime | None:
    """The day's beginning in the county; None without one.

    :raises Refused: that is no day.
    """
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), COUNTY_ZONE)
    except ValueError as error:
        raise Refused("日期请按 2025-10-14 的样子填写") from error
