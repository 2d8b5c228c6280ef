"""Ask the departments that table D3 names: opens their opinion rows, and the case to their eyes (P_D 1-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, opinions
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, keep_deadline
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools


def request_opinions(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: reviews (list of dept, mode, questions), target_due, county_due.

    A department with an open question is not asked twice, so that a second call changes nothing.
    """
    case_id = call.case_for("征求意见")
    requests = [
        opinions.Request(department=review["dept"], mode=review["mode"], questions=tuple(review["questions"]))
        for review in call.parameters["reviews"] or ()
    ]
    due = call.parameters.get("county_due")
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        opinions.ask(
            session,
            case_id,
            requests,
            now=call.now,
            target_due=call.parameters.get("target_due"),
            due_on=due,
        )
        if due is not None:
            calendar, day = tools.calendar, county_day(call.now)
            derivation = calendar.add_workdays(day, calendar.workdays_between(day, due))
            keep_deadline(session, case_id, DeadlineCode.COUNTY, derivation, now=call.now)
            applications.change(session, case_id, county_due=due)
        applications.set_status(session, case_id, CaseStatus.REVIEW)
    return {}
