"""The limit of temporary guardianship: warned of while it runs, and no longer once the child has a guardian (DL-27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, deadlines, meetings, protection
from cases.deadlines import DeadlineCode
from engine.domain import ServiceCall, Tools

OFFICE = "MZJ"


def warn_of_limit(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: item_text, due_on. Gives the bureau a warning, unless the guardianship ended before. A second call of
    the same job enters nothing."""
    case_id = call.case_for("届满预警")
    with tools.database.transaction() as session:
        if case_files.find_case(session, case_id)["facts"].get(protection.ENDED) is not True:
            meetings.add_item(
                session,
                case_id,
                kind=protection.LIMIT_WARNING,
                item_text=str(call.parameters["item_text"]),
                dept=OFFICE,
                due_on=call.parameters["due_on"],
                now=call.now,
                origin=call.idempotency_key,
            )
    return {}


def end_temporary(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """The child is back, or has another guardian: no limit runs any more, and its open warnings are taken back. Of a
    child that stayed at home there was none. A second call does the same again."""
    case_id = call.case_for("临时监护")
    with tools.database.transaction() as session:
        case_files.add_facts(session, case_id, {protection.ENDED: True})
        meetings.take_back(session, case_id, kind=protection.LIMIT_WARNING)
        deadlines.meet(session, case_id, DeadlineCode.TEMPORARY, now=call.now)
    return {}
