"""The report goes to the police at once (P_H H1 1 and 2, DL-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, reports
from cases.police_news import tell_police
from engine.domain import ServiceCall, Tools


def inform_police(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Note when the police was told; from now on it may see the case. With the parameter `notice` no task of the
    police follows, and a message says so. Result: police."""
    case_id = call.case_for("报告")
    with tools.database.transaction() as session:
        found = reports.find_report(session, case_id)
        if found["police_informed_at"] is None:
            reports.change(session, case_id, police_informed_at=call.now)
        case_files.involve(session, case_id, ("GAJ",))
        if call.parameters.get("notice") is True:
            tell_police(
                session,
                case_id,
                place=case_files.find_case(session, case_id)["place"],
                cause=f"police-notice:{case_id}",
                body=f"报告 {found['report_no']}:强制报告主体尚未报案,系统代为通报,请查看办件。乡镇同时核查。",
                now=call.now,
            )
    return {"police": True}
