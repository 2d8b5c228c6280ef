"""《撤回申请确认书》: the applicant took the application back; the papers go with the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, deadlines, documents, exits, letters, materials, notices, objections, other_county
from cases.case_files import CaseStatus
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools


def withdraw_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Return the papers, write the letter, take the notice off the public page. Returns `notice_hanging`: its paper is
    still on the board; `objection_cases`: the objections against it that are still worked on."""
    case_id = call.case_for("撤回确认书")
    with tools.database.transaction() as session:
        hanging = notices.hide(session, case_id)
        result = {"notice_hanging": hanging, "objection_cases": objections.worked_on(session, case_id)}
        if documents.written(session, call.idempotency_key):
            return result
        day = county_day(call.now)
        returned = materials.return_all(session, case_id, on=day)
        body = letters.withdrawal(
            letters.head_of(session, case_id, now=call.now),
            returned=[materials.MATERIALS[code] for code in returned],
            day=day,
        )
        documents.write(
            session,
            case_id,
            documents.DocumentKind.WITHDRAWAL,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        other_county.ask_feedback(
            session, case_id, "申请人撤回", calendar=tools.calendar, now=call.now, origin=call.idempotency_key
        )
        deadlines.meet_all(session, case_id, now=call.now)
        applications.set_status(session, case_id, CaseStatus.WITHDRAWN)
        exits.end_transfer(session, case_id, now=call.now)
    return result
