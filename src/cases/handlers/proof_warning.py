"""Warn the guardian that the yearly proof of schooling is missing; hold the money from November on (P_F 2, DL-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cases import benefits, case_files, children, documents, exit_letters, exits
from cases.documents import DocumentKind
from cases.handlers.once import once
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools
from engine.store.session import Session


def proof_warning(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: check_on (the day from which an exit is checked). No month is held that had begun when the warning was
    written."""

    def warn(session: Session, case_id: str) -> None:
        row, today = case_files.find_case(session, case_id), county_day(call.now)
        if not row["facts"].get("yearly_proof"):
            return
        month = max(str(row["facts"]["hold_from"]), benefits.month_after(today))
        head = exits.letter_head(session, case_id, now=call.now)
        until = call.parameters["check_on"] - timedelta(days=1)
        body = exit_letters.proof_warning(head, hold_from=month, until=until, day=today)
        documents.write(
            session,
            case_id,
            DocumentKind.PROOF_WARNING,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        children.change(session, row["child_id"], now=call.now, pay_hold_from=month)

    return once(call, tools, warn)
