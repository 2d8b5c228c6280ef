"""《逾期未补正告知书》: the papers never came; what was handed in goes back (domain.md P_B 5, M14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cases import deadlines, documents, letters, materials, other_county
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools


def lapse_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Return the papers and write the letter; `supplement_until` is the last day that was given."""
    case_id = call.case_for("逾期告知书")
    with tools.database.transaction() as session:
        if documents.written(session, call.idempotency_key):
            return {}
        day = county_day(call.now)
        returned = materials.return_all(session, case_id, on=day)
        body = letters.lapse(
            letters.head_of(session, case_id, now=call.now),
            until=call.parameters.get("supplement_until") or day - timedelta(days=1),
            returned=[materials.MATERIALS[code] for code in returned],
            day=day,
        )
        documents.write(
            session,
            case_id,
            documents.DocumentKind.LAPSE,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        other_county.ask_feedback(
            session, case_id, "逾期未补正", calendar=tools.calendar, now=call.now, origin=call.idempotency_key
        )
        deadlines.meet_all(session, case_id, now=call.now)
    return {}
