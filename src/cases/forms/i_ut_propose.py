"""议题申报 (P_I 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, consultations, meetings
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the meeting that is proposed.

    :raises SubmissionInvalid: a township's meeting under another name, or another's under that one (M15); a
        consultation about an application under another name, or without a reviewing department (P_I 4).
    """
    of_a_town = case_files.find_case(filing.session, filing.case_id)["facts"].get("town_meeting") is True
    if of_a_town != (filing.text("meeting_type") == "乡镇议事"):
        raise refuse("meeting_type", "level", "乡镇召开的会议类型应为乡镇议事,县级会议不用这一类型")
    invited = list(filing.chosen("invited"))
    if consultations.is_under_way(filing.session, filing.case_id):
        _require_reviewers(filing, invited)
    meetings.propose(
        filing.session,
        filing.case_id,
        meeting_type=filing.text("meeting_type"),
        topic=filing.text("topic"),
        invited=invited,
        is_urgent=filing.flag("is_urgent"),
    )
    return {"meeting_type": filing.text("meeting_type"), "invited": invited}


def _require_reviewers(filing: Filing, invited: list[str]) -> None:
    if filing.text("meeting_type") != consultations.MEETING_TYPE:
        raise refuse("meeting_type", "level", "部门意见不一致的会商,会议类型应为个案会商")
    missing = consultations.missing_reviewers(filing.session, filing.case_id, invited)
    if missing:
        raise refuse("invited", "reviewers", f"个案会商应邀请全部复核部门,请加上{'、'.join(missing)}")
