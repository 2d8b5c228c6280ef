"""The notice, or the verification in its place, is over: are objections still open, and what came of the closed ones
(domain.md P_C 7, M9, M14)?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections
from engine.domain import ServiceCall, Tools


def await_objections(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: notice_until, the last day of the notice or of what stands in its place; waits, whether open
    objections hold the file up (default true; else only what came of the closed ones counts).

    Returns open_objections, objection_result (CLEAR, UPHELD, RECHECK) and closed_on, the later of that day and of the
    day on which the last objection was closed ("2025-10-13")."""
    case_id = call.case_for("清点异议")
    with tools.database.transaction() as session:
        waits = bool(call.parameters.get("waits", True))
        standing = objections.settle(session, case_id, key=call.idempotency_key, now=call.now, waits=waits)
    until = call.parameters["notice_until"]
    closed_on = max(until, standing.closed_on) if standing.closed_on else until
    return {
        "open_objections": standing.open,
        "objection_result": standing.result,
        "closed_on": closed_on.isoformat(),
    }
