"""代为申请人身安全保护令 (P_H H2 4, DL-26)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing, refuse

WANTED = "申请"
HOURS, URGENT_HOURS = 72, 24


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the application; the court's hours run from its acceptance.

    :raises SubmissionInvalid: accepted before it was applied for.
    """
    if filing.text("po_choice") != WANTED:
        return {"po_choice": filing.text("po_choice")}
    accepted, urgent = filing.value("accepted_at"), filing.flag("urgent")
    if accepted < filing.value("applied_at"):
        raise refuse("accepted_at", "order", "受理时间不能早于申请时间")
    protection.enter(
        filing.session,
        protection.protection_order,
        filing.case_id,
        applicant=filing.text("applicant_org"),
        applied_at=filing.value("applied_at"),
        accepted_at=accepted,
        urgent=urgent,
        due_at=accepted + timedelta(hours=URGENT_HOURS if urgent else HOURS),
        measures=[],
    )
    case_files.involve(filing.session, filing.case_id, ("FY",))
    return {"po_choice": WANTED, "accepted_at": accepted, "urgent": urgent}
