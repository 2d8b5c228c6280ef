"""《撤回申请确认书》: the applicant took the application back; the papers go with the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import deadlines, documents, letters, materials
from engine.calendar import county_day
from engine.domain import ServiceCall, ServiceError, Tools


def withdraw_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Return the papers and write the letter."""
    if call.case_id is None:
        raise ServiceError("撤回确认书需要一个办件", retry=False)
    with tools.database.transaction() as session:
        if documents.written(session, call.idempotency_key):
            return {}
        day = county_day(call.now)
        returned = materials.return_all(session, call.case_id, on=day)
        body = letters.withdrawal(
            letters.head_of(session, call.case_id),
            returned=[materials.MATERIALS[code] for code in returned],
            day=day,
        )
        documents.write(
            session,
            call.case_id,
            documents.DocumentKind.WITHDRAWAL,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        deadlines.meet_all(session, call.case_id, now=call.now)
    return {}
