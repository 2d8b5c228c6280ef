"""A time limit as people read it: how much is left, in working days or hours, and how it was counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.calendar import Calendar, Derivation, Unit, county_minute
from engine.clock import COUNTY_ZONE
from web.language import translate as _

#: From here on a limit counts as near: one working day, or a quarter of a day for limits in hours.
NEAR_WORKDAYS = 1


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One day of the count."""

    text: str  #: "10/9"
    number: int | None  #: which day it is; None when it does not count
    note: str


@dataclass(frozen=True, kw_only=True)
class Due:
    """A time limit on a page."""

    at: datetime
    mood: str  #: late, soon or normal; never shown by colour alone
    icon: str
    words: str  #: "剩 2 个工作日"
    days: tuple[Mark, ...]
    rule: str


def due_of(
    at: datetime | None, derivation: Mapping[str, Any] | None, *, calendar: Calendar, now: datetime
) -> Due | None:
    """The limit as it stands at `now`; None where there is none."""
    if at is None:
        return None
    mood, words = _standing(at, calendar, now)
    icon = {"late": "exclamation-octagon", "soon": "hourglass-bottom", "normal": "clock"}[mood]
    days, rule = _counted(derivation)
    return Due(at=at, mood=mood, icon=icon, words=words, days=days, rule=rule)


def _standing(at: datetime, calendar: Calendar, now: datetime) -> tuple[str, str]:
    # An end at midnight belongs to the day that ends then.
    last = (at - timedelta(seconds=1)).astimezone(COUNTY_ZONE).date()
    today = now.astimezone(COUNTY_ZONE).date()
    if now >= at:
        late = calendar.workdays_between(last, today)
        return "late", _("逾期 {count} 个工作日", count=late) if late else _("已逾期")
    if last == today:
        hours = int((at - now).total_seconds() // 3600)
        return "soon", _("今日到期,剩 {count} 小时", count=hours) if hours else _("今日到期,不足 1 小时")
    left = calendar.workdays_between(today, last)
    mood = "soon" if left <= NEAR_WORKDAYS else "normal"
    return mood, _("剩 {count} 个工作日", count=left)


def _counted(derivation: Mapping[str, Any] | None) -> tuple[tuple[Mark, ...], str]:
    if not derivation:
        return (), ""
    found = Derivation.from_dict(derivation)
    if found.unit is Unit.MINUTES:
        begin = county_minute(found.start) if isinstance(found.start, datetime) else ""
        return (), _("自 {begin} 起连续计算 {count} 分钟。", begin=begin, count=found.count)
    marks = tuple(
        Mark(text=f"{mark.day.month}/{mark.day.day}", number=mark.number, note=mark.note) for mark in found.days
    )
    rule = _("从次日起算,节假日和周末不计,调休上班日计入。")
    if found.provisional:
        rule += _("下一年放假安排尚未公布,此日期为暂定。")
    return marks, rule
