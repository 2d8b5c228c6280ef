"""议题申报 (P_I 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, consultations, meetings
from cases.forms.filing import Filing, refuse
from cases.naming import are_codes, names_the_child
from cases.roles import DEPARTMENTS

#: What is told to those who are invited, and so names nobody.
_TOLD = ("topic", "background", "extra_bodies")


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the meeting that is proposed.

    :raises SubmissionInvalid: a township's meeting under another name, or another's under that one (M15); a
        consultation about an application under another name, or without a reviewing department (P_I 4); a child
        called by anything but a code.
    """
    of_a_town = case_files.find_case(filing.session, filing.case_id)["facts"].get("town_meeting") is True
    if of_a_town != (filing.text("meeting_type") == "乡镇议事"):
        raise refuse("meeting_type", "level", "乡镇召开的会议类型应为乡镇议事,县级会议不用这一类型")
    _require_codes(filing)
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
    _tell(filing, invited)
    return {"meeting_type": filing.text("meeting_type"), "invited": invited}


def _require_codes(filing: Filing) -> None:
    if not are_codes(filing.text("child_refs")):
        raise refuse("child_refs", "coded", "涉及儿童只填代号(档案、申请、报告或办件编号),多个用顿号隔开")
    for name in _TOLD:
        if names_the_child(filing.session, filing.case_id, filing.text(name)):
            raise refuse(name, "coded", "此处不写儿童姓名和身份证号,请改用代号")


def _tell(filing: Filing, invited: list[str]) -> None:
    """What the forms of the meeting's other steps show: the convener the proposal, those invited the topic."""
    units = [DEPARTMENTS[code].name if code in DEPARTMENTS else code for code in invited]
    urgent = "(紧急)" if filing.flag("is_urgent") else ""
    lines = [
        f"**{filing.text('meeting_type')}{urgent}**:{filing.text('topic')}",
        f"**背景**:{filing.text('background')}",
        f"**涉及儿童(代号)**:{filing.text('child_refs') or '无'}",
        f"**参会成员单位**:{'、'.join(units)}",
    ]
    if filing.text("extra_bodies"):
        lines.append(f"**邀请的其他单位**:{filing.text('extra_bodies')}")
    facts = {"meeting_proposal": "\n\n".join(lines), "meeting_topic": lines[0], "meeting_notice": ""}
    case_files.add_facts(filing.session, filing.case_id, facts)


def _require_reviewers(filing: Filing, invited: list[str]) -> None:
    if filing.text("meeting_type") != consultations.MEETING_TYPE:
        raise refuse("meeting_type", "level", "部门意见不一致的会商,会议类型应为个案会商")
    missing = consultations.missing_reviewers(filing.session, filing.case_id, invited)
    if missing:
        raise refuse("invited", "reviewers", f"个案会商应邀请全部复核部门,请加上{'、'.join(missing)}")
