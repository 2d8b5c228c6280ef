"""An objection came during the notice: the application says so, and nothing of who objected (domain.md P_C 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications
from cases.case_files import CaseStatus
from engine.domain import ServiceCall, Tools


def note_objection(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Set the application's status to 异议核查."""
    case_id = call.case_for("登记异议")
    with tools.database.transaction() as session:
        applications.set_status(session, case_id, CaseStatus.OBJECTION)
    return {}
