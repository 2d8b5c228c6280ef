"""The county's clock (DL-04): it runs from the receipt on, whoever reviews, and again after a supplement (0.4-8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications
from cases.calendars import load_calendar
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, keep_deadline
from engine.domain import ServiceCall, Tools


def county_clock(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: clock_from, clock_wd (working days, or those that are left). A second call changes nothing."""
    case_id = call.case_for("登记县级时限")
    given = call.parameters
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        derivation = load_calendar(session).add_workdays(given["clock_from"], int(given["clock_wd"]))
        keep_deadline(session, case_id, DeadlineCode.COUNTY, derivation, now=call.now)
        applications.change(session, case_id, county_due=derivation.end)
        applications.set_status(session, case_id, CaseStatus.REVIEW)
    return {}
