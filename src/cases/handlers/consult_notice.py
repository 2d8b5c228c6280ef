"""Tell the applicant that the time limit stands still while a meeting decides (domain.md P_D 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, consultations, documents, letters
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools


def consult_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter and stop the county's clock."""
    case_id = call.case_for("会商告知")
    day = county_day(call.now)
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        convene_by, conclude_by = consultations.begin(session, case_id, day=day, calendar=tools.calendar)
        documents.write(
            session,
            case_id,
            documents.DocumentKind.CONSULT,
            letters.consultation(
                letters.head_of(session, case_id, now=call.now),
                convene_by=convene_by,
                conclude_by=conclude_by,
                day=day,
            ),
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        meet(session, case_id, DeadlineCode.COUNTY, now=call.now)
        applications.set_status(session, case_id, CaseStatus.CONSULT)
    return {}
