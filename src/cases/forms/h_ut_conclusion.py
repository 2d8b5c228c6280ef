"""登记会商结论: the five inputs of table D12 as the meeting found them (P_H H4 1, M6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, meetings, protection
from cases.forms.filing import Filing, refuse
from cases.forms.h_ut_assess import findings_of


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the findings; table D12 reads them.

    :raises SubmissionInvalid: nothing but another extension follows, though the year is over (M6); something else
        follows than what the signed minutes conclude (P_I 4).
    """
    found = findings_of(filing)
    follows = outcome_of(found)
    _require_no_extension_after_the_year(filing, follows)
    _require_what_the_meeting_concluded(filing, follows)
    case_files.add_facts(filing.session, filing.case_id, found)
    protection.change(filing.session, filing.case_id, stage="H4")
    if follows == "RETURN" and protection.decide_by(filing.session, filing.case_id) is None:
        # At home nobody collects the child: what `h_ut_collect` enters is settled here.
        protection.change(filing.session, filing.case_id, outcome=follows)
    return {}


def _require_no_extension_after_the_year(filing: Filing, follows: str) -> None:
    held, decide_by = (
        meetings.current(filing.session, filing.case_id),
        protection.decide_by(filing.session, filing.case_id),
    )
    day = (held["met_on"] if held is not None else None) or filing.day
    if follows == protection.EXTENSION and decide_by is not None and day >= decide_by:
        raise refuse("permanent_loss", "limit", f"临时监护于 {decide_by:%Y-%m-%d} 届满,必须另行选择结论,不得延续")


def _require_what_the_meeting_concluded(filing: Filing, follows: str) -> None:
    """The signed minutes bind; minutes of older cases may conclude nothing that table D12 knows, and bind nothing."""
    held = meetings.current(filing.session, filing.case_id)
    concluded = str(held["case_outcome"]) if held is not None else ""
    if held is None or concluded not in protection.OUTCOME_WORDS or concluded == follows:
        return
    words, other = protection.OUTCOME_WORDS[concluded], protection.OUTCOME_WORDS[follows]
    raise refuse(
        "conclusion_note",
        "minutes",
        f"{held['met_on']:%Y-%m-%d} 的{held['meeting_type']}纪要结论为“{words}”,所勾选的情形却得出“{other}”。"
        "请按会商查明的情况核对五项事实;确需改变结论的,应重新会商",
    )


def outcome_of(found: Mapping[str, bool]) -> str:
    """What table D12 answers to these five inputs."""
    if found["ground_revoke"]:
        return "APPLY_REVOCATION"
    if found["danger_removed"] and found["guardian_capable"]:
        return "RETURN"
    if found["other_guardian"]:
        return "OTHER_GUARDIAN"
    return "LONG_TERM" if found["permanent_loss"] else protection.EXTENSION
