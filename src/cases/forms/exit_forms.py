"""The forms of an exit (P_F): schooling, verification, hearing, notice, signatures, decision, service."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, children, decisions, exits, notices, protected_children, verifications
from cases.forms import c_ut_post, c_ut_remove, released_parent, risk_report
from cases.forms.filing import Apply, Filing, refuse

_NOT_IN_SCHOOL = "不在读"
LEAVES = "退出"
#: Ground 1: 年满18周岁.
_AGE = "1"


def school_status(filing: Filing) -> Mapping[str, Any]:
    """Note the child's schooling; without a valid proof it counts as none.

    :raises SubmissionInvalid: schooling is claimed without a proof, or without the day it ends.
    """
    stage = filing.text("stage")
    if stage != _NOT_IN_SCHOOL and not filing.chosen("proof"):
        raise refuse("proof", "required", "请上传在读证明或录取通知书")
    field = _graduation_field(filing)
    leaves = filing.value(field)
    if stage not in (_NOT_IN_SCHOOL, "待入学", "硕士") and leaves is None:
        raise refuse(field, "required", "请填写预计毕业日期")
    row = case_files.find_case(filing.session, filing.case_id)
    children.set_education(
        filing.session,
        row["child_id"],
        stage=stage,
        school=filing.text("school") or None,
        expected_graduation=leaves,
    )
    return {"stage": stage, field: leaves}


def _graduation_field(filing: Filing) -> str:
    """The day it ends; the form of cases begun before the word was settled calls it `graduation_on`."""
    return "graduation_on" if "graduation_on" in filing.submitted.fields else "expected_graduation"


def verify(filing: Filing) -> Mapping[str, Any]:
    """Enter what the township found about the ground.

    :raises SubmissionInvalid: ground 7 without its kind, a change of category without the new one, an exit by age from
        a day before the eighteenth birthday, or what `released_parent.check` and `risk_report.require` refuse.
    """
    ground, conclusion = filing.text("ground"), filing.text("conclusion")
    subcase = filing.text("subcase") or "不适用"
    if ground == "7" and subcase == "不适用":
        raise refuse("subcase", "required", "请选择其他应退出的情形")
    other = list(filing.chosen("other_category"))
    if conclusion == "转类别" and not other:
        raise refuse("other_category", "required", "转类别的,请选择符合的其他类别")
    risk_report.require(filing)
    released_parent.check(filing, other)
    fact_on = filing.value("fact_on")
    if ground == _AGE and conclusion == "应退出":
        _check_of_age(filing, fact_on)
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="退出核查",
        found=filing.submitted.fields,
        opinion=conclusion,
        reason=filing.text("reason"),
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )
    exits.change(
        filing.session,
        filing.case_id,
        ground=ground,
        fact_on=fact_on,
        conclusion=conclusion,
        reason=filing.text("reason"),
        new_categories=other,
    )
    return {"conclusion": conclusion, "ground": ground, "subcase": subcase, "fact_on": fact_on}


def _check_of_age(filing: Filing, fact_on: Any) -> None:
    """Payments stop the month after the birthday, never a month before (0.4-9)."""
    adult_on = case_files.find_case(filing.session, filing.case_id)["facts"].get("adult_on")
    if adult_on is not None and fact_on is not None and fact_on < adult_on:
        raise refuse("fact_on", "before_18", f"该儿童{adult_on:%Y-%m-%d}满18周岁,事实发生日期不能早于这一天")


def statement(filing: Filing) -> Mapping[str, Any]:
    """Enter what the guardian said against the exit."""
    exits.change(filing.session, filing.case_id, statement=filing.text("statement"))
    return {"heard": filing.text("heard")}


def contested(filing: Filing) -> Mapping[str, Any]:
    """Enter what came of an objection against the termination; the notice comes off the board either way and, where the
    termination stands, goes up again with a new period."""
    upheld = filing.text("contest") == "成立"
    reason = "异议成立" if upheld else "有异议,核查后重新公示"
    notices.take_down(filing.session, filing.case_id, now=filing.now, reason=reason)
    if upheld:
        exits.change(filing.session, filing.case_id, conclusion="继续保障", reason=filing.text("findings"))
    return {"contest": filing.text("contest")}


def town_sign(filing: Filing) -> Mapping[str, Any]:
    """The township's head signs; a notice whose period is over comes off the board, a draft is dropped."""
    known = notices.current(filing.session, filing.case_id)
    posted = known is not None and known["posted_at"] is not None
    notices.take_down(filing.session, filing.case_id, now=filing.now, reason="公示期满" if posted else "不得公示")
    case_files.add_facts(filing.session, filing.case_id, {"town_signer": filing.actor.name})
    return {}


def decide(filing: Filing) -> Mapping[str, Any]:
    """Enter the county's decision; the leader signs after.

    :raises SubmissionInvalid: a change of category without the new one, or an exit while the child is being protected.
    """
    decision = filing.text("decision")
    known = exits.find(filing.session, filing.case_id)
    categories = list(filing.chosen("new_categories") or known["new_categories"])
    if decision == "转类别" and not categories:
        raise refuse("new_categories", "required", "请选择转入的类别")
    if decision == LEAVES:
        _check_nothing_holds(filing, known["child_id"])
    months = filing.value("overpaid_months")
    exits.change(
        filing.session,
        filing.case_id,
        decision=decision,
        decided_reason=filing.text("reason"),
        new_categories=categories,
        overpaid_months=int(months) if months else None,
    )
    return {"decision": decision}


def _check_nothing_holds(filing: Filing, child_id: str) -> None:
    """No exit is decided while somebody protects the child, unless the child is dead. What it is about is not told: the
    deciding desk does not see it (M1)."""
    found = children.find_child(filing.session, child_id)
    seen = verifications.latest(filing.session, filing.case_id)
    dead = (found is not None and found["status"] == children.ChildStatus.DECEASED) or (
        seen is not None and seen["found"].get("subcase") == children.ChildStatus.DECEASED
    )
    if not dead and protected_children.is_protected_elsewhere(filing.session, child_id, filing.case_id):
        words = "该儿童有未办结的保护事项,办结前不能决定退出。请选择继续保障,或待其办结后再作决定"
        raise refuse("decision", "protection_open", words)


def leader_sign(filing: Filing) -> Mapping[str, Any]:
    """Note who signed for the county.

    :raises SubmissionInvalid: the exit was decided before, and the child has come under protection since.
    """
    known = exits.find(filing.session, filing.case_id)
    if known["decision"] == LEAVES:
        _check_nothing_holds(filing, known["child_id"])
    case_files.add_facts(filing.session, filing.case_id, {"final_signer": filing.actor.name})
    return {}


def serve_stop(filing: Filing) -> Mapping[str, Any]:
    """Enter when the guardian got the letter: the remedies count from there."""
    served_on = filing.value("served_on") or filing.day
    decisions.serve(
        filing.session,
        filing.case_id,
        served_on=served_on,
        serve_mode=filing.text("service_mode") or None,
        until=decisions.limits(filing.calendar, served_on),
    )
    return {}


EXIT_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "f_ut_school_status": school_status,
        "f_ut_verify": verify,
        "f_ut_statement": statement,
        "f_ut_notice_post": c_ut_post.apply,
        "f_ut_notice_remove": c_ut_remove.apply,
        "f_ut_contested": contested,
        "f_ut_contested_remove": c_ut_remove.apply,
        "f_ut_town_sign": town_sign,
        "f_ut_decide": decide,
        "f_ut_leader_sign": leader_sign,
        "f_ut_serve_stop": serve_stop,
    }
)
