"""Acceptance 受理: the application is complete, and the township's five working days run (P_B 6, DL-02)."""

from __future__ import annotations

from datetime import date

from cases import applications, case_files, other_county
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet, set_deadline
from cases.forms.filing import Filing
from engine.calendar import county_day

VERIFY_WORKDAYS = 5


def accept(filing: Filing, accepted_on: date) -> None:
    """Accept the application on the day the last required paper came in; that day is not counted. Read literally, the
    plan counts from the first receipt (M15). What another county sent has the longer limit (DL-37)."""
    from_outside = other_county.is_from_outside(filing.session, filing.case_id)
    days = other_county.VERIFY_WORKDAYS if from_outside else VERIFY_WORKDAYS
    derivation = filing.calendar.add_workdays(_counted_from(filing, accepted_on), days)
    meet(filing.session, filing.case_id, DeadlineCode.SUPPLEMENT, now=filing.now)
    set_deadline(filing.session, filing.case_id, DeadlineCode.VERIFY, derivation, now=filing.now)
    applications.change(filing.session, filing.case_id, accepted_on=accepted_on, verify_due=derivation.end)
    applications.set_status(filing.session, filing.case_id, CaseStatus.VERIFYING)


def _counted_from(filing: Filing, accepted_on: date) -> date:
    if case_files.find_case(filing.session, filing.case_id)["policy_profile"] != "SEED_LITERAL":
        return accepted_on
    return county_day(applications.find_application(filing.session, filing.case_id)["received_at"])
