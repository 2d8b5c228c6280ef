"""A department's answer: opinions (R) and fact checks (V) are entered alike (P_D 2)."""

from __future__ import annotations

from cases import case_files, findings, opinions, parent_periods
from cases.forms.filing import Filing, refuse


def enter_answer(filing: Filing) -> None:
    """Write the answer into the department's open row, and what it found into the child's file.

    :raises SubmissionInvalid: a period of a parent ends before it begins.
    """
    fields = filing.submitted.fields
    if any(each.reversed for each in parent_periods.checked(fields)):
        raise refuse("parent_periods", "order", "父母的截止日期不能早于起始日期,请核对")
    opinions.answer(
        filing.session,
        filing.case_id,
        filing.department,
        given=filing.text("opinion"),
        reason=filing.text("reason"),
        answers=fields,
        original_seen=False,
        actor=filing.actor,
        now=filing.now,
    )
    child_id = case_files.find_case(filing.session, filing.case_id)["child_id"]
    if child_id is not None:
        findings.enter(filing.session, str(child_id), filing.department, fields)
