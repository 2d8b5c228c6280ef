"""The written reply to a named objector (domain.md P_C2 e). It says nothing of the child's circumstances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, documents, letters, notices, objections
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools


def objection_reply(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter; a second call changes nothing."""
    case_id = call.case_for("异议答复")
    with tools.database.transaction() as session:
        name = objections.addressee(session, case_id)
        if name is None or documents.written(session, call.idempotency_key):
            return {}
        row, day = objections.find(session, case_id), county_day(call.now)
        against = notices.find(session, row["notice_id"])
        place = case_files.find_case(session, case_id)["place"]
        documents.write(
            session,
            case_id,
            documents.DocumentKind.OBJECTION_REPLY,
            letters.objection_reply(
                name,
                notice_no=against["notice_no"],
                ruling=row["ruling"],
                issuer=letters.issuer_of(session, place),
                day=day,
            ),
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        objections.change(session, case_id, replied_on=day)
    return {}
