"""代为申请人身安全保护令 (P_H H2 4, DL-26)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing, refuse
from cases.roles import DEPARTMENTS
from cases.submissions import latest_submissions

FORM, WANTED = "h_ut_po_apply", "申请"
HOURS, URGENT_HOURS = 72, 24
#: Applicants that go to the court themselves (反家暴法23); for a village and for relatives the shelter enters it.
FILERS: Mapping[str, str] = MappingProxyType({DEPARTMENTS[code].name: code for code in ("GAJ", "FL")})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter whether and who applies. What the shelter, a village or a relative applied for stands in the same form; the
    police and the women's federation enter their own.

    :raises SubmissionInvalid: accepted before it was applied for.
    """
    applicant = filing.text("applicant_org")
    if filing.text("po_choice") != WANTED:
        return {"po_choice": filing.text("po_choice"), "po_filer": None}
    filer = FILERS.get(applicant)
    if filer is not None and filing.value("accepted_at") is None:
        return {"po_choice": WANTED, "po_filer": filer}
    return {"po_choice": WANTED, "po_filer": None, **_enter(filing, applicant)}


def file(filing: Filing) -> Mapping[str, Any]:
    """The police, or the women's federation, applied.

    :raises SubmissionInvalid: accepted before it was applied for.
    """
    chosen = latest_submissions(filing.session, filing.case_id, FORM).get(FORM, {})
    return _enter(filing, str(chosen.get("applicant_org") or ""))


def _enter(filing: Filing, applicant: str) -> Mapping[str, Any]:
    """The application's row; the court's hours run from its acceptance."""
    accepted, urgent = filing.value("accepted_at"), filing.flag("urgent")
    if accepted < filing.value("applied_at"):
        raise refuse("accepted_at", "order", "受理时间不能早于申请时间")
    protection.enter(
        filing.session,
        protection.protection_order,
        filing.case_id,
        applicant=applicant,
        applied_at=filing.value("applied_at"),
        accepted_at=accepted,
        urgent=urgent,
        due_at=accepted + timedelta(hours=URGENT_HOURS if urgent else HOURS),
        measures=[],
    )
    case_files.involve(filing.session, filing.case_id, ("FY",))
    return {"accepted_at": accepted, "urgent": urgent}
