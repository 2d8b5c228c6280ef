"""起诉: the petition to revoke a guardian's standing, whoever filed it (P_H H4 5, DL-30, DL-31)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing, refuse

OFFICE = "县民政局"


def file_petition(filing: Filing) -> Mapping[str, Any]:
    """Enter the matter; the court is expected to answer thirty days after it took it up.

    :raises SubmissionInvalid: taken up before it was filed.
    """
    filed_on, accepted_on = filing.value("filed_on"), filing.value("accepted_on")
    if accepted_on < filed_on:
        raise refuse("accepted_on", "order", "立案日期不能早于起诉日期")
    protection.enter(
        filing.session,
        protection.court_matter,
        filing.case_id,
        kind="撤销监护人资格",
        applicant=filing.text("filed_by") or OFFICE,
        filed_on=filed_on,
        accepted_on=accepted_on,
        expected_by=filing.calendar.add_calendar_days(accepted_on, protection.TRIAL_DAYS).end,
    )
    case_files.involve(filing.session, filing.case_id, ("FY",))
    protection.change(filing.session, filing.case_id, outcome="APPLY_REVOCATION")
    return {"accepted_on": accepted_on}
