"""How dates, money and ages are written: 2025年10月14日(周二) 17:30, ¥1,050.00, 7岁3个月. County time always."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask

from engine.clock import COUNTY_ZONE
from web.language import current_language

_WEEKDAYS = "一二三四五六日"
_ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def local(instant: datetime) -> datetime:
    """The instant on the county's clock."""
    return instant.astimezone(COUNTY_ZONE)


def day(value: date | datetime | str | None) -> str:
    """2025年10月14日(周二); an instant is shown on the county's day."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = local(value).date()
    if current_language() == "en":
        return f"{_ENGLISH_WEEKDAYS[value.weekday()]} {value.isoformat()}"
    return f"{value.year}年{value.month}月{value.day}日(周{_WEEKDAYS[value.weekday()]})"


def moment(value: datetime | None) -> str:
    """2025年10月14日(周二) 17:30."""
    return f"{day(value)} {local(value):%H:%M}" if value else ""


def short(value: datetime | None) -> str:
    """10-14 17:30, for tables; the year is added when it is not this one's neighbour's business."""
    return f"{local(value):%Y-%m-%d %H:%M}" if value else ""


def money(value: Decimal | float | str | None) -> str:
    """¥1,050.00."""
    return "" if value in (None, "") else f"¥{Decimal(str(value)):,.2f}"


def age(birth: date | None, today: date) -> str:
    """7岁3个月 on that day."""
    if birth is None:
        return ""
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    return f"{months // 12}岁{months % 12}个月"


def ending(value: datetime | None) -> str:
    """An end at midnight is written as 24:00 of the day before."""
    if value is None:
        return ""
    shown = local(value)
    if (shown.hour, shown.minute) == (0, 0):
        return f"{day(date.fromordinal(shown.date().toordinal() - 1))} 24:00"
    return moment(value)


def attach(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(day=day, moment=moment, short=short, money=money, ending=ending)
