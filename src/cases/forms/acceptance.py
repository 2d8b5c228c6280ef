"""Acceptance 受理: the application is complete, and the township's five working days run (P_B 6, DL-02)."""

from __future__ import annotations

from datetime import date

from cases import applications
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet, set_deadline
from cases.forms.filing import Filing

VERIFY_WORKDAYS = 5


def accept(filing: Filing, accepted_on: date) -> None:
    """Accept the application on the day the last required paper came in; that day is not counted."""
    derivation = filing.calendar.add_workdays(accepted_on, VERIFY_WORKDAYS)
    meet(filing.session, filing.case_id, DeadlineCode.SUPPLEMENT, now=filing.now)
    set_deadline(filing.session, filing.case_id, DeadlineCode.VERIFY, derivation, now=filing.now)
    applications.change(filing.session, filing.case_id, accepted_on=accepted_on, verify_due=derivation.end)
    applications.set_status(filing.session, filing.case_id, CaseStatus.VERIFYING)
