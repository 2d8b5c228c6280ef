"""执行结果、重新办理: what became of a decision that was set aside (P_K)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, or_, select

from cases import appeals, case_files, children, decisions, redo
from cases.applications import application
from cases.case_files import case_file
from cases.children import ChildStatus
from cases.deadlines import DeadlineCode, meet
from cases.decisions import DecisionKind
from cases.forms.filing import Filing, refuse
from cases.reminder_words import CODE_LENGTH
from engine.calendar import county_day

#: What was done about it, as the form says it.
BEGUN_ANEW, RESTORED = "已重新受理(自核查意见起)", "已恢复待遇"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note when and how the result was carried out.

    :raises SubmissionInvalid: the procedure that the ruling began anew has not decided; without such a one, begun anew
        without the number of the new case, or with that of a case that is another child's or older than the ruling;
        benefits restored where none were stopped, or while they are.
    """
    said, number = filing.text("carried_out"), filing.text("new_case_no").strip()
    row = appeals.find(filing.session, filing.case_id)
    if row["redo_case_id"] is not None:
        number = _require_decision(filing, row["redo_case_id"])
    elif said == BEGUN_ANEW:
        _require_new_case(filing, row, number)
    if said == RESTORED:
        _require_benefits(filing, row)
    appeals.change(
        filing.session,
        filing.case_id,
        redone_on=filing.value("done_on"),
        redone_as=" ".join(part for part in (said, number) if part),
    )
    return {}


def _require_decision(filing: Filing, new_case: str) -> str:
    """The new procedure must have decided; its deadline is met with that. Returns its number."""
    number = str(case_files.find_case(filing.session, filing.case_id)["facts"].get("redo_no", ""))
    if not redo.is_decided(filing.session, new_case):
        words = f"重新办理的办件 {number} 还没有作出决定,作出后再登记执行情况"
        raise refuse("carried_out", "undecided", words)
    meet(filing.session, new_case, DeadlineCode.REDO, now=filing.now)
    return number


def _require_new_case(filing: Filing, row: RowMapping, number: str) -> None:
    """The new procedure must be there: an application by its number, an exit by the code that lists call it by."""
    if not number:
        raise refuse("new_case_no", "required", "重新受理的,请填写新申请编号;重新办理退出核查的,填写新办件的代号")
    own = case_files.find_case(filing.session, filing.case_id)
    mine = case_file.c.child_id == own["child_id"]
    by_number = case_file.outerjoin(application, application.c.case_id == case_file.c.id)
    named: list[ColumnElement[bool]] = [application.c.application_no == number]
    if len(number) >= CODE_LENGTH:
        named.append(case_file.c.id.endswith(number.lower(), autoescape=True) & (case_file.c.kind == "exit"))
    query = select(case_file.c.opened_at).select_from(by_number).where(mine, or_(*named))
    opened_at = filing.session.scalar(query.order_by(case_file.c.opened_at.desc()).limit(1))
    if opened_at is None:
        raise refuse("new_case_no", "unknown", f"没有找到该儿童编号为 {number} 的申请或退出核查,请核对编号")
    if county_day(opened_at) < row["result_on"]:
        raise refuse("new_case_no", "older", f"{number} 在结果作出之前就已发起,不是重新办理的办件")


def _require_benefits(filing: Filing, row: RowMapping) -> None:
    own = case_files.find_case(filing.session, filing.case_id)
    decided = decisions.find(filing.session, row["decision_id"])
    found = children.find_child(filing.session, own["child_id"]) if own["child_id"] else None
    if decided["kind"] != DecisionKind.LEFT:
        raise refuse("carried_out", "nothing_stopped", "原决定没有停止待遇,不能选“已恢复待遇”")
    if found is None or found["status"] != ChildStatus.PROTECTED:
        raise refuse("carried_out", "still_stopped", "该儿童的待遇仍处于停止状态,请先恢复")
