"""The county's clock runs again: the consultation has concluded (domain.md 0.4-8, P_D 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files
from cases.calendars import load_calendar
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from engine.domain import ServiceCall, Tools


def resume_review(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: clock_from, clock_wd (working days that are left), conclusion. Sets the deadline anew and keeps what
    the meeting concluded."""
    case_id = call.case_for("恢复县级时限")
    given = call.parameters
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        derivation = load_calendar(session).add_workdays(given["clock_from"], int(given["clock_wd"]))
        set_deadline(session, case_id, DeadlineCode.COUNTY, derivation, now=call.now)
        applications.change(session, case_id, county_due=derivation.end)
        applications.set_status(session, case_id, CaseStatus.REVIEW)
        case_files.add_facts(session, case_id, {"consult_conclusion": given["conclusion"]})
    return {}
