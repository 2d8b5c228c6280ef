"""落实情况回访: what the child really got, thirty days on; a gap opens the item again (P_E 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from cases import applications, benefits, case_files, children, sealed, verifications
from cases.case_files import CaseStatus
from cases.forms.filing import Filing
from engine.errors import FieldProblem, SubmissionInvalid

NOT_RECEIVED = "否"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the visit; the child is under protection from here on. Returns `reopened`: each department with the titles
    of its items that have to be carried out anew.

    What was handed on and what has to wait is followed apart (M10): its gap is noted and opens nothing.

    :raises SubmissionInvalid: an item without a line, a line that speaks of no item, one that was not received without
        the gap.
    """
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    lines = list(filing.value("items") or ())
    items = benefits.items_of(filing.session, filing.case_id)
    problems = list(_problems(items, lines))
    if problems:
        raise SubmissionInvalid(problems)
    reopened = _reopen(filing, [item for item in items if _lacks(item, lines)])
    _note(filing, lines)
    row = case_files.find_case(filing.session, filing.case_id)
    children.change(filing.session, row["child_id"], now=filing.now, status=children.ChildStatus.PROTECTED)
    status = CaseStatus.DELIVERING if reopened else CaseStatus.PROTECTED
    applications.set_status(filing.session, filing.case_id, status)
    return {"reopened": benefits.by_department(reopened)}


def _problems(items: Sequence[RowMapping], lines: Sequence[Mapping[str, Any]]) -> Iterator[FieldProblem]:
    """Which item has no line, which line no item, which gap is not told. What the child is not entitled to needs no
    line, and neither does what has ended."""
    names = {benefits.ALL_ITEMS, *(name for item in items for name in (item["title"], item["benefit"]))}
    for number, line in enumerate(lines):
        where, named = f"items[{number}]", f"第{number + 1}项“{line['benefit']}”"
        if line["benefit"] not in names:
            message = f"{named}不在本案的待遇项目中,请按待遇方案中的名称填写"
            yield FieldProblem(field=f"{where}.benefit", rule="unknown", message=message)
        if line["received"] == NOT_RECEIVED and not str(line.get("gap") or "").strip():
            message = f"{named}:没有收到的应说明差距,请填写差距"
            yield FieldProblem(field=f"{where}.gap", rule="required", message=message)
    missing = [item["title"] for item in items if _is_asked(item) and benefits.line_for(lines, item) is None]
    if missing:
        message = f"请逐项填写回访情况,还缺:{'、'.join(missing)}"
        yield FieldProblem(field="items", rule="required", message=message)


def _is_asked(item: RowMapping) -> bool:
    return item["result"] != benefits.NOT_ENTITLED and item["stop_month"] is None


def _lacks(item: RowMapping, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the visit found a gap that the department has to close."""
    line = benefits.line_for(lines, item)
    told = line is not None and (line["received"] == NOT_RECEIVED or bool(str(line.get("gap") or "").strip()))
    return told and item["stop_month"] is None and not benefits.followed_apart(item)


def _reopen(filing: Filing, items: Sequence[RowMapping]) -> Sequence[RowMapping]:
    due_on = filing.calendar.add_workdays(filing.day, benefits.DELIVERY_WORKDAYS).end
    benefits.reopen(filing.session, items, on=filing.day, due_on=due_on)
    return items


def _note(filing: Filing, lines: Sequence[Mapping[str, Any]]) -> None:
    gaps = [f"{line['benefit']}:{line['gap']}" for line in lines if str(line.get("gap") or "").strip()]
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="回访",
        found=filing.submitted.fields,
        opinion="有差距" if gaps else "无差距",
        reason=";".join(gaps) or filing.text("note"),
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )
