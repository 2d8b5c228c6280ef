"""The township's clock runs again: evidence was waited for, or it verifies anew (domain.md 0.4-8, P_B 9, 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files
from cases.calendars import load_calendar
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from engine.domain import ServiceCall, Tools


def resume_verification(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: verify_from, verify_wd (working days that are left), evidence_missing. Sets the deadline anew."""
    case_id = call.case_for("恢复核查时限")
    given = call.parameters
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        derivation = load_calendar(session).add_workdays(given["verify_from"], int(given["verify_wd"]))
        set_deadline(session, case_id, DeadlineCode.VERIFY, derivation, now=call.now)
        applications.change(session, case_id, verify_due=derivation.end)
        applications.set_status(session, case_id, CaseStatus.VERIFYING)
        case_files.add_facts(session, case_id, {"evidence_missing": given.get("evidence_missing") is True})
    return {}
