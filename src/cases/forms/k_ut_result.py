"""登记救济结果: how the review, the lawsuit or the petition ended (P_K)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import appeals, decisions, exits, redo
from cases.decisions import DecisionKind
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the result; a review decision opens fifteen days for a lawsuit. A stop that is set aside stops nothing any
    more: what it ended is paid on until there is a new decision. What is set aside is decided anew in a case that the
    program begins (`redo`).

    :raises SubmissionInvalid: the new decision would be due before the ruling.
    """
    result, served_on = filing.text("outcome_of_appeal"), filing.value("served_on") or filing.day
    row = appeals.find(filing.session, filing.case_id)
    reviewed = row["remedy"] == appeals.Remedy.REVIEW
    redo_due, result_on = filing.value("redo_due"), filing.value("result_on")
    if redo_due is not None and redo_due < result_on:
        raise refuse("redo_due", "order", f"期限不能早于结果作出日期 {result_on:%Y-%m-%d}")
    decided = decisions.find(filing.session, row["decision_id"])
    is_set_aside = result in appeals.SET_ASIDE
    appeals.change(
        filing.session,
        filing.case_id,
        result=result,
        result_on=result_on,
        result_text=filing.text("result_text"),
        lawsuit_until=appeals.lawsuit_after_review(filing.calendar, served_on) if reviewed else None,
        redo_due=redo_due,
        redo_as=redo.procedure_for(filing.session, decided) if is_set_aside else None,
    )
    if is_set_aside and decided["kind"] == DecisionKind.LEFT:
        exits.reinstate(filing.session, decided["case_id"], now=filing.now)
    return {"outcome_of_appeal": result}
