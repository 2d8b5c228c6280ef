"""会议纪要: who came, what was concluded, who does what until when (P_I 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, consultations, meetings, protection
from cases.forms.filing import Filing, refuse
from cases.roles import PROTECTION_KINDS

_OUTCOME_NEEDED = frozenset({"个案会商", "专题会商"})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the minutes and the items.

    :raises SubmissionInvalid: half of those invited or fewer came; a case meeting without an outcome; a consultation
        about an application without a reviewing department, or with another outcome than yes or no; a protection case
        with another outcome than table D12 knows, or extended past its year.
    """
    held = meetings.current(filing.session, filing.case_id)
    invited = held["invited"] if held is not None else []
    came = set(filing.chosen("attendees")) & set(invited)
    if len(came) * 2 <= len(invited):
        raise refuse("attendees", "quorum", "到会(含书面意见)应超过受邀单位的半数")
    if held is not None and held["meeting_type"] in _OUTCOME_NEEDED and not filing.text("case_outcome"):
        raise refuse("case_outcome", "required", "个案会商、专题会商应有个案结论")
    if case_files.find_case(filing.session, filing.case_id)["kind"] in PROTECTION_KINDS:
        _require_outcome_of_protection(filing)
    if consultations.is_under_way(filing.session, filing.case_id):
        _require_conclusion(filing)
    met_on = filing.value("met_on")
    meetings.change(
        filing.session,
        filing.case_id,
        met_on=met_on,
        attendees=list(filing.chosen("attendees")),
        conclusion=filing.text("conclusion"),
        case_outcome=filing.text("case_outcome") or None,
    )
    items = []
    for row in filing.value("actions") or ():
        meetings.add_item(
            filing.session,
            filing.case_id,
            kind="会议",
            item_text=str(row["item_text"]),
            dept=str(row["dept"]),
            due_on=row["due_on"],
            measure=row.get("measure"),
            now=filing.now,
        )
        items.append({"dept": row["dept"], "due_on": row["due_on"]})
    return {"met_on": met_on, "case_outcome": filing.text("case_outcome") or None, "action_items": items}


def _require_conclusion(filing: Filing) -> None:
    missing = consultations.missing_reviewers(filing.session, filing.case_id, filing.chosen("attendees"))
    if missing:
        raise refuse(
            "attendees", "reviewers", f"全部复核部门应到会或者提交书面意见,还缺{'、'.join(missing)};请待其意见到后再记"
        )
    if filing.text("case_outcome") not in consultations.OUTCOMES:
        raise refuse("case_outcome", "outcome", "申请的会商结论应为同意认定或者不予认定")


def _require_outcome_of_protection(filing: Filing) -> None:
    """The conclusion binds what is entered after it (`h_ut_conclusion`): it must be one of table D12's, and after the
    year no further extension (M6)."""
    outcome = filing.text("case_outcome")
    if outcome not in protection.OUTCOME_WORDS:
        raise refuse("case_outcome", "outcome", f"保护个案的会商结论应为{'、'.join(protection.OUTCOME_WORDS.values())}")
    decide_by = protection.decide_by(filing.session, filing.case_id)
    if outcome == protection.EXTENSION and decide_by is not None and filing.value("met_on") >= decide_by:
        raise refuse("case_outcome", "limit", f"临时监护于 {decide_by:%Y-%m-%d} 届满,必须另行选择结论,不得延续")
