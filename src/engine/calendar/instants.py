"""Days and instants in the county's time: when a day closes, when it ends, and which day an instant belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from engine.clock import COUNTY_ZONE, require_aware

#: 停止业务活动的时间 (民法典 203): a working-day task is due at this county time of its last day (domain.md 0.4-5).
CLOSING_TIME = time(17, 30)

#: Days beyond these are slips of the pen, not dates of a child's file.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


def county_day(value: date | datetime) -> date:
    """The county's calendar day of a date or of an aware instant.

    `ValueError` for a naive time, for what is no date, and for days before 1900 or after 2199.
    """
    if isinstance(value, datetime):
        value = require_aware(value).astimezone(COUNTY_ZONE).date()
    if not isinstance(value, date):
        raise ValueError(f"a date is needed here, not {value!r}")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"the calendar runs from {FIRST_DAY} to {LAST_DAY}; {value} lies outside")
    return value


def county_minute(instant: datetime) -> str:
    """An aware instant as the county's clock shows it: 2026-03-02 10:00.

    `ValueError` for a naive time.
    """
    return f"{require_aware(instant).astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"


def county_instant(day: date, at: time) -> datetime:
    """The aware instant, with offset +08:00, of a county wall-clock time."""
    return datetime.combine(day, at, tzinfo=COUNTY_ZONE)


def due_at(value: date | datetime, closing: time = CLOSING_TIME) -> datetime:
    """The instant, in UTC, at which something is due: a day at its closing time, an aware instant at itself."""
    if isinstance(value, datetime):
        return require_aware(value)
    return county_instant(county_day(value), closing).astimezone(UTC)


def end_of_day(day: date | datetime) -> datetime:
    """24:00 of the day, as 00:00 of the next one, with offset +08:00: where a notice or an applicant's time ends."""
    return county_instant(county_day(day) + timedelta(days=1), time(0))
