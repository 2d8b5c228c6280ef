"""Compare the living allowances of table D5 and say which one is paid, how much, and why (就高不就低)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import benefit_sheets
from engine.domain import ServiceCall, Tools


def benefit_sheet(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: candidates (one answer of D5 per category that fits), effective_month. Returns `living`: scheme, ui,
    standard_key, pay_mode, amount and already (yuan a month), stops_others. A second call writes the same sheet."""
    case_id = call.case_for("就高不就低测算")
    answers = call.parameters["candidates"]
    with tools.database.transaction() as session:
        sheet = benefit_sheets.make(
            session, case_id, answers, start_month=call.parameters["effective_month"], now=call.now
        )
    chosen = sheet.chosen
    return {
        "living": {
            "scheme": chosen.scheme,
            "ui": chosen.title,
            "standard_key": chosen.standard_key,
            "pay_mode": chosen.pay_mode,
            "amount": sheet.pay,
            "already": sheet.already,
            "stops_others": sheet.stops_others,
        }
    }
