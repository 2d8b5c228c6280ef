"""会议纪要: who came, what was concluded, who does what until when (P_I 4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, consultations, meetings, protection
from cases.forms.filing import Filing, refuse
from cases.forms.handing_out import hand_out
from cases.letters import chinese_day
from cases.naming import names_the_child
from cases.roles import DEPARTMENTS, PROTECTION_KINDS

#: P_I 4: an outcome is of a case; a meeting about policy has none.
_OF_A_CASE = "个案会商"
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "APPROVE": "同意认定",
        "REJECT": "不予认定",
        "RETURN": "送回监护人",
        "OTHER_GUARDIAN": "由其他监护人监护",
        "LONG_TERM": "民政部门长期监护",
        "APPLY_REVOCATION": "申请撤销监护人资格",
        "CONTINUE_TEMP": "延续临时监护",
    }
)


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the minutes and the items.

    :raises SubmissionInvalid: half of those invited or fewer came; a case meeting without an outcome, or another with
        one; a consultation about an application without a reviewing department, or with another outcome than yes or no;
        a protection case with another outcome than table D12 knows, or extended past its year; an item that is due
        before today or names the child, or a conclusion that does.
    """
    held = meetings.current(filing.session, filing.case_id)
    invited = held["invited"] if held is not None else []
    came = set(filing.chosen("attendees")) & set(invited)
    if len(came) * 2 <= len(invited):
        raise refuse("attendees", "quorum", "到会(含书面意见)应超过受邀单位的半数")
    _require_outcome_of_a_case(filing, str(held["meeting_type"]) if held is not None else "")
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
    items = hand_out(filing, kind="会议")
    case_files.add_facts(filing.session, filing.case_id, {"meeting_minutes": _in_words(filing, items)})
    return {
        "met_on": met_on,
        "case_outcome": filing.text("case_outcome") or None,
        "action_items": items,
        "signer": filing.text("signer") or None,
    }


def _require_outcome_of_a_case(filing: Filing, meeting_type: str) -> None:
    told = filing.text("case_outcome")
    if meeting_type == _OF_A_CASE and not told:
        raise refuse("case_outcome", "required", "个案会商应有个案结论")
    if meeting_type != _OF_A_CASE and told:
        raise refuse("case_outcome", "policy", f"{meeting_type}不是个案会商,不填个案结论")
    if names_the_child(filing.session, filing.case_id, filing.text("conclusion")):
        raise refuse("conclusion", "coded", "会议结论不写儿童姓名和身份证号,请改用代号")


def _in_words(filing: Filing, items: list[Mapping[str, Any]]) -> str:
    """The minutes as whoever signs them reads them."""
    lines = [
        f"**会议日期**:{chinese_day(filing.value('met_on'))}",
        f"**到会**:{'、'.join(_unit(code) for code in filing.chosen('attendees'))}",
        *(f"**{_unit(row['dept'])}意见**:{row['opinion']}" for row in filing.value("opinions") or ()),
        f"**结论**:{filing.text('conclusion')}",
    ]
    if filing.text("case_outcome"):
        lines.append(f"**个案结论**:{OUTCOMES.get(filing.text('case_outcome'), filing.text('case_outcome'))}")
    lines += [
        f"**交办{_unit(item['dept'])}**({chinese_day(item['due_on'])}前):{row['item_text']}"
        for item, row in zip(items, filing.value("actions") or (), strict=True)
    ]
    return "\n\n".join(lines)


def _unit(code: str) -> str:
    return DEPARTMENTS[code].name if code in DEPARTMENTS else code


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
