"""Give a department something to do that is no step of the process: a warning, an accountability item, an offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import meetings
from engine.domain import ServiceCall, Tools


def note_action(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: kind, item_text, dept, due_on. A second call of the same job enters nothing."""
    case_id = call.case_for("事项")
    wanted = call.parameters
    with tools.database.transaction() as session:
        meetings.add_item(
            session,
            case_id,
            kind=str(wanted["kind"]),
            item_text=str(wanted["item_text"]),
            dept=str(wanted["dept"]),
            due_on=wanted["due_on"],
            now=call.now,
            origin=call.idempotency_key,
        )
    return {}
