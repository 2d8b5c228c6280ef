"""The county's clock stands still while the township, or the applicant of a sealed file, supplements (0.4-8, P_D 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.deadlines import DeadlineCode, meet
from engine.domain import ServiceCall, Tools


def pause_county_clock(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Stop the clock; a second call finds none that runs."""
    case_id = call.case_for("停止县级计时")
    with tools.database.transaction() as session:
        meet(session, case_id, DeadlineCode.COUNTY, now=call.now)
    return {}
