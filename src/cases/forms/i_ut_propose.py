"""议题申报 (P_I 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import meetings
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the meeting that is proposed."""
    invited = list(filing.chosen("invited"))
    meetings.propose(
        filing.session,
        filing.case_id,
        meeting_type=filing.text("meeting_type"),
        topic=filing.text("topic"),
        invited=invited,
        is_urgent=filing.flag("is_urgent"),
    )
    return {"meeting_type": filing.text("meeting_type"), "invited": invited}
