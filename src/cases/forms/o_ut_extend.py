"""审批延期: five more working days, once (P_C2 c, DL-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms.filing import Filing
from cases.forms.o_ut_file import OBJECTION_WORKDAYS

AGREED = "同意"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Move the due date, counted from the old one; refused or granted, it is asked for once."""
    extension = filing.text("extension")
    row = objections.find(filing.session, filing.case_id)
    due_on = row["due_on"]
    if extension == AGREED:
        derivation = filing.calendar.add_workdays(due_on, OBJECTION_WORKDAYS)
        set_deadline(filing.session, filing.case_id, DeadlineCode.OBJECTION, derivation, now=filing.now)
        due_on = derivation.end
    objections.change(filing.session, filing.case_id, extension=extension, due_on=due_on)
    return {"extension": extension}
