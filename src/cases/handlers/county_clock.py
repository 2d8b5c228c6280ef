"""The county's clock (DL-04): it runs from the receipt on, whoever reviews, and again after a supplement (0.4-8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications
from cases.calendars import load_calendar
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, keep_deadline
from engine.domain import ServiceCall, ServiceError, Tools


def county_clock(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: clock_from, clock_wd (working days, or those that are left). A second call changes nothing."""
    if call.case_id is None:
        raise ServiceError("登记县级时限需要一个办件", retry=False)
    given = call.parameters
    with tools.database.transaction() as session:
        if applications.taken_back(session, call.case_id):
            return {}
        derivation = load_calendar(session).add_workdays(given["clock_from"], int(given["clock_wd"]))
        keep_deadline(session, call.case_id, DeadlineCode.COUNTY, derivation, now=call.now)
        applications.change(session, call.case_id, county_due=derivation.end)
        applications.set_status(session, call.case_id, CaseStatus.REVIEW)
    return {}
