"""《补正材料一次性告知书》: tells the applicant every missing paper at once (domain.md P_B 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, documents, letters, materials
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from engine.calendar import Roll, county_day
from engine.domain import ServiceCall, Tools

DAYS_TO_SUPPLEMENT = 30


def supplement_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter, start the applicant's thirty days; a second call changes nothing."""
    case_id = call.case_for("补正告知书")
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id) or documents.written(session, call.idempotency_key):
            return {}
        day = county_day(call.now)
        until = tools.calendar.add_calendar_days(day, DAYS_TO_SUPPLEMENT, Roll.FORWARD)
        missing = case_files.find_case(session, case_id)["facts"].get("missing_materials", [])
        papers = [materials.MATERIALS.get(code, code) for code in missing]
        body = letters.supplement(letters.head_of(session, case_id, now=call.now), papers, day=day, until=until.end)
        documents.write(
            session,
            case_id,
            documents.DocumentKind.SUPPLEMENT,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        set_deadline(session, case_id, DeadlineCode.SUPPLEMENT, until, now=call.now)
        applications.set_status(session, case_id, CaseStatus.WAITING_PAPERS)
    return {}
