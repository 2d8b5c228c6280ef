"""Count a supervision's indicators and leads anew, for its forms and its record (P_J 1, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from cases import case_files, indicators, leads, supervisions
from cases.indicators import Period
from engine.domain import ServiceCall, ServiceError, Tools


def supervision_count(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """No parameters. The rows of an earlier count of the same supervision are replaced."""
    if call.case_id is None:
        raise ServiceError("督查统计需要一个督查办件", retry=False)
    with tools.database.transaction() as session:
        row = supervisions.find(session, call.case_id)
        period = Period(start=row["period_from"], end=row["period_to"], now=call.now)
        found = indicators.count(session, period, tools.calendar)
        indicators.keep(session, call.case_id, found, now=call.now)
        names = {unit: supervisions.unit_name(session, unit) for unit in {each.unit for each in found}}
        told = leads.between(session, period.opens, call.now)
        facts = {
            "supervision_numbers": indicators.in_words(found, names),
            "supervision_leads": _leads_in_words(told),
            "supervision_findings": supervisions.findings_text(session, call.case_id),
        }
        case_files.add_facts(session, call.case_id, facts)
    return {}


def _leads_in_words(rows: Sequence[RowMapping]) -> str:
    lines = [f"[{row['kind']}]{row['unit']}:{row['content']}" for row in rows]
    return "\n\n".join(lines) if lines else "本期没有督查线索"
