"""The report goes to the police at once (P_H H1 2, DL-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, reports
from engine.domain import ServiceCall, ServiceError, Tools


def inform_police(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Note when the police was told; from now on it may see the case. Result: police."""
    if call.case_id is None:
        raise ServiceError("报告需要一个办件", retry=False)
    with tools.database.transaction() as session:
        if reports.find_report(session, call.case_id)["police_informed_at"] is None:
            reports.change(session, call.case_id, police_informed_at=call.now)
        case_files.involve(session, call.case_id, ("GAJ",))
    return {"police": True}
