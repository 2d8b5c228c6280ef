"""会议通知: at least one working day ahead, an urgent case meeting four hours (P_I 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from cases import case_files, consultations, meetings
from cases.forms.filing import Filing, refuse
from cases.letters import chinese_day
from engine.calendar import county_day
from engine.clock import COUNTY_ZONE

AHEAD_WORKDAYS = 1
AHEAD_URGENT = timedelta(hours=4)


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter when it meets.

    :raises SubmissionInvalid: too soon for those invited; later than a consultation may be convened (DL-15), while
        there is still time to convene it.
    """
    meets_at = filing.value("meets_at")
    held = meetings.current(filing.session, filing.case_id)
    if held is not None and held["is_urgent"] and held["meeting_type"] == "个案会商":
        if meets_at < filing.now + AHEAD_URGENT:
            raise refuse("meets_at", "notice", "紧急个案会商应至少提前4小时通知")
    elif county_day(meets_at) < filing.calendar.add_workdays(filing.day, AHEAD_WORKDAYS).end:
        raise refuse("meets_at", "notice", "会议应至少提前1个工作日通知")
    _require_in_time(filing, county_day(meets_at))
    meetings.change(filing.session, filing.case_id, meets_at=meets_at)
    when = f"{chinese_day(county_day(meets_at))}{meets_at.astimezone(COUNTY_ZONE):%H:%M}"
    told = f"**时间**:{when}\n\n**地点**:{filing.text('venue')}"
    case_files.add_facts(filing.session, filing.case_id, {"meeting_notice": told})
    return {"meets_at": meets_at}


def _require_in_time(filing: Filing, meets_on: date) -> None:
    last = consultations.convene_by(filing.session, filing.case_id)
    earliest = filing.calendar.add_workdays(filing.day, AHEAD_WORKDAYS).end
    if last is not None and meets_on > max(last, earliest):
        latest = chinese_day(max(last, earliest))
        raise refuse("meets_at", "convene_by", f"会商应自发现分歧之日起5个工作日内召开,请定在{latest}或之前")
