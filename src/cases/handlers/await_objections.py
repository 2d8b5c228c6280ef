"""The notice's period is over: are objections still open, and what came of the closed ones (domain.md P_C 7, M14)?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections
from engine.domain import ServiceCall, ServiceError, Tools


def await_objections(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: notice_until. Returns open_objections, objection_result (CLEAR, UPHELD, RECHECK) and closed_on, the
    later of the notice's last day and of the day on which the last objection was closed ("2025-10-13")."""
    if call.case_id is None:
        raise ServiceError("清点异议需要一个办件", retry=False)
    with tools.database.transaction() as session:
        standing = objections.settle(session, call.case_id, key=call.idempotency_key, now=call.now)
    until = call.parameters["notice_until"]
    closed_on = max(until, standing.closed_on) if standing.closed_on else until
    return {
        "open_objections": standing.open,
        "objection_result": standing.result,
        "closed_on": closed_on.isoformat(),
    }
