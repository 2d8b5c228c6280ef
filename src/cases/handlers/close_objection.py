"""An objection is decided (domain.md P_C2 e)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import deadlines, objections
from engine.domain import ServiceCall, Tools


def close_objection(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: ruling. Returns whether this was the last one that a notice waits for, that notice's number, and
    whether somebody is to be answered."""
    case_id = call.case_for("异议办结")
    with tools.database.transaction() as session:
        waiting = objections.close(session, case_id, str(call.parameters["ruling"]), now=call.now)
        deadlines.meet_all(session, case_id, now=call.now)
        named = objections.addressee(session, case_id) is not None
    return {"cleared": waiting is not None, "cleared_notice": waiting or "", "objector_named": named}
