"""撤除公示并报县复核: the notice comes down, the file goes to the county (P_C 8, P_B 13, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, notices
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the removal and the day on which the county receives the file: its five working days count from here."""
    photo = filing.first_file("photo_remove")
    notices.take_down(filing.session, filing.case_id, now=filing.now, photo=photo)
    meet(filing.session, filing.case_id, DeadlineCode.NOTICE, now=filing.now)
    applications.change(filing.session, filing.case_id, county_received_on=filing.day)
    applications.set_status(filing.session, filing.case_id, CaseStatus.FORWARDED)
    return {}
