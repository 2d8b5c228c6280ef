"""议题申报 (P_I 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, meetings
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the meeting that is proposed.

    :raises SubmissionInvalid: a township's meeting under another name, or another's under that one (M15).
    """
    of_a_town = case_files.find_case(filing.session, filing.case_id)["facts"].get("town_meeting") is True
    if of_a_town != (filing.text("meeting_type") == "乡镇议事"):
        raise refuse("meeting_type", "level", "乡镇召开的会议类型应为乡镇议事,县级会议不用这一类型")
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
