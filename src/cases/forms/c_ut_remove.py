"""立即撤下公示: taken down before its end (P_C 6), or because the applicant withdrew (P_B)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import notices
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Remove it from the board and from the public page."""
    return _remove(filing, "责令撤下")


def apply_withdrawn(filing: Filing) -> Mapping[str, Any]:
    """Remove the notice of an application that was withdrawn from the board; it left the public page at once."""
    return _remove(filing, "申请人撤回申请")


def _remove(filing: Filing, reason: str) -> Mapping[str, Any]:
    notices.take_down(
        filing.session,
        filing.case_id,
        now=filing.now,
        photo=filing.first_file("photo"),
        reason=filing.text("note") or reason,
    )
    meet(filing.session, filing.case_id, DeadlineCode.NOTICE, now=filing.now)
    return {}
