"""登记救济结果: how the review, the lawsuit or the petition ended (P_K)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import appeals, decisions, exits
from cases.decisions import DecisionKind
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the result; a review decision opens fifteen days for a lawsuit. A stop that is set aside stops nothing any
    more: what it ended is paid on until there is a new decision."""
    result, served_on = filing.text("outcome_of_appeal"), filing.value("served_on") or filing.day
    row = appeals.find(filing.session, filing.case_id)
    reviewed = row["remedy"] == appeals.Remedy.REVIEW
    appeals.change(
        filing.session,
        filing.case_id,
        result=result,
        result_on=filing.value("result_on"),
        result_text=filing.text("result_text"),
        lawsuit_until=appeals.lawsuit_after_review(filing.calendar, served_on) if reviewed else None,
        redo_due=filing.value("redo_due"),
    )
    decided = decisions.find(filing.session, row["decision_id"])
    if result in appeals.SET_ASIDE and decided["kind"] == DecisionKind.LEFT:
        exits.reinstate(filing.session, decided["case_id"], now=filing.now)
    return {"outcome_of_appeal": result}
