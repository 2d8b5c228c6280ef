"""接报研判: the level confirmed or raised, doubles merged (P_H H1 2, DL-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, leads, meetings, protected_children, reports
from cases.forms.filing import Filing, refuse

ACCOUNT_WORKDAYS = 10
DOUBLE = "重复并案"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the level and who the child is.

    :raises SubmissionInvalid: a level below the table's without a reason, a double of an unknown report.
    """
    level, computed = filing.text("level_confirmed"), _computed(filing)
    if reports.is_lower(level, computed) and not filing.text("level_reason"):
        raise refuse("level_reason", "required", f"等级低于判定表结果({computed})的,请写明理由")
    double = filing.text("duplicate_of") if filing.text("triage_result") == DOUBLE else ""
    if double and not _is_another(filing, double):
        raise refuse("duplicate_of", "unknown", f"没有编号为 {double} 的其他报告")
    values = {name: filing.value(name) for name in ("child_name", "child_idcard") if filing.value(name)}
    reports.change(
        filing.session,
        filing.case_id,
        level=level,
        level_reason=filing.text("level_reason") or None,
        merged_into=double or None,
        **values,
    )
    if filing.flag("suspected_abuse_or_neglect"):
        case_files.add_facts(filing.session, filing.case_id, {"suspected_abuse_or_neglect": True})
    protected_children.identify(filing.session, filing.case_id, filing.value("child_idcard"))
    if filing.text("failed_unit"):
        meetings.add_item(
            filing.session,
            filing.case_id,
            kind="追责",
            item_text=f"强制报告主体应报未报:{filing.text('failed_unit')}",
            dept="FEGW",
            due_on=filing.calendar.add_workdays(filing.day, ACCOUNT_WORKDAYS).end,
            now=filing.now,
        )
        leads.note(
            filing.session,
            kind=leads.SILENT_REPORTER,
            unit=filing.text("failed_unit"),
            content=f"强制报告主体应报未报(报告 {reports.find_report(filing.session, filing.case_id)['report_no']})",
            origin=f"silent:{filing.case_id}",
            now=filing.now,
            case_id=filing.case_id,
        )
    return {"triage_result": filing.text("triage_result")}


def _is_another(filing: Filing, number: str) -> bool:
    own = reports.find_report(filing.session, filing.case_id)["report_no"]
    return number != own and reports.is_known(filing.session, number)


def _computed(filing: Filing) -> str:
    """Table D10 in brief, for the comparison with what the desk confirms."""
    flags = reports.find_report(filing.session, filing.case_id)["flags"]
    if any(flags[name] for name in reports.FLAGS if name != "suspected_abuse_or_neglect"):
        return "L1"
    return "L2" if flags["suspected_abuse_or_neglect"] else "L3"
