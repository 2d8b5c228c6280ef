"""接报研判: the level confirmed or raised, doubles merged (P_H H1 2, DL-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from cases import case_files, doubles, leads, meetings, protected_children, reports
from cases.forms.filing import Filing, refuse
from cases.hastening import hasten_dispatch
from cases.police_news import tell_police
from cases.same_child import Running, find_running, running_case, told_by
from engine.calendar import county_minute

ACCOUNT_WORKDAYS = 10
DOUBLE = "重复并案"
REASON_LENGTH = 10
#: Inputs of table D10 that the desk may add (M3); it takes none away (M4).
_SET_HERE = ("suspected_abuse_or_neglect",)


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the level and who the child is; a level above the report's own calls the police (`level_raised`),
    within the minutes of that level (`respond_within`).

    :raises SubmissionInvalid: a level below the table's without a reason, a double of a report that is
        unknown, closed or joined to another one, a child of a running case taken up anew without a reason.
    """
    found = reports.find_report(filing.session, filing.case_id)
    flags = {**found["flags"], **{name: True for name in _SET_HERE if filing.flag(name)}}
    level, computed = filing.text("level_confirmed"), reports.level_of(flags)
    if reports.is_lower(level, computed) and not filing.text("level_reason"):
        raise refuse("level_reason", "required", f"等级低于判定表结果({computed})的,请写明理由")
    double = filing.text("duplicate_of") if filing.text("triage_result") == DOUBLE else ""
    joined = _open_case(filing, double, own=found["report_no"]) if double else None
    if joined is None:
        _require_reason(filing, found, computed)
    values = {name: filing.value(name) for name in ("child_name", "child_idcard") if filing.value(name)}
    reports.change(
        filing.session,
        filing.case_id,
        level=level,
        level_reason=filing.text("level_reason") or None,
        flags=flags,
        merged_into=double or None,
        same_as=None,
        **values,
    )
    holds = computed if reports.is_lower(level, computed) else level
    raised = not double and reports.is_lower(reports.level_of(found["flags"]), holds)
    minutes = _minutes(filing, flags, holds)
    facts = {
        **flags,
        "level_confirmed": level,
        "level_raised": raised,
        "report_triaged": True,
        "report_joined": bool(joined),
    }
    case_files.add_facts(filing.session, filing.case_id, facts | ({"respond_within": minutes} if raised else {}))
    protected_children.identify(filing.session, filing.case_id, filing.value("child_idcard"))
    if raised and found["police_informed_at"] is not None:
        _hurry(filing, found["report_no"], holds, minutes)
    if joined is not None:
        _join(filing, joined, found["report_no"], minutes)
    if filing.text("failed_unit"):
        _hold_to_account(filing, found["report_no"])
    return {"triage_result": filing.text("triage_result")}


def _join(filing: Filing, running: Running, number: str, minutes: int) -> None:
    doubles.join(
        filing.session,
        running,
        number=number,
        minutes=minutes,
        calendar=filing.calendar,
        actor=filing.actor,
        now=filing.now,
    )


def _minutes(filing: Filing, flags: Mapping[str, bool], level: str) -> int:
    """The level's minutes, or the township's, which saw a danger before (`h_ut_town_check`)."""
    seen = case_files.find_case(filing.session, filing.case_id)["facts"].get("respond_within")
    minutes = reports.minutes_of(flags, level)
    return minutes if seen is None else min(minutes, int(seen))


def _hurry(filing: Filing, number: str, level: str, minutes: int) -> None:
    """The police is on its way already: its task stays its own, is due earlier, and a message says so."""
    due = hasten_dispatch(
        filing.session, filing.case_id, minutes, calendar=filing.calendar, actor=filing.actor, now=filing.now
    )
    until = f"出警处置时限缩短至 {county_minute(due)}," if due is not None else ""
    tell_police(
        filing.session,
        filing.case_id,
        place=case_files.find_case(filing.session, filing.case_id)["place"],
        cause=f"police-raised:{filing.case_id}",
        body=f"报告 {number}:研判后等级升高为{reports.LEVEL_NAMES[level]},{until}请立即处置。",
        now=filing.now,
    )


def _hold_to_account(filing: Filing, number: str) -> None:
    """A mandatory reporter kept silent: an item for the superior body, a lead for the supervision (P_H H1 7)."""
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
        content=f"强制报告主体应报未报(报告 {number})",
        origin=f"silent:{filing.case_id}",
        now=filing.now,
        case_id=filing.case_id,
    )


def _open_case(filing: Filing, number: str, *, own: str) -> Running:
    """A double is joined to a case that is being worked on: what is closed, or joined itself, helps no child."""
    running = find_running(filing.session, number) if number != own else None
    if running is None:
        raise refuse("duplicate_of", "unknown", f"没有编号为 {number} 的其他报告")
    merged = reports.merged_into(filing.session, running.case_id)
    if merged:
        raise refuse("duplicate_of", "merged", f"报告 {number} 已并入 {merged},请填写 {merged}")
    if case_files.find_case(filing.session, running.case_id)["closed_at"] is not None:
        raise refuse("duplicate_of", "closed", f"报告 {number} 已经办结,不能并案,请作为新报告受理")
    return running


def _require_reason(filing: Filing, found: RowMapping, level: str) -> None:
    """Whoever sends somebody out for a child whom a running case is about says why (P_H H1 2)."""
    case = case_files.find_case(filing.session, filing.case_id)
    known = {name.removeprefix("child_"): filing.value(name) for name in ("child_name", "child_idcard")}
    running = running_case(filing.session, told_by(found, case=case, level=level, **known))
    if running is not None and len(filing.text("note")) < REASON_LENGTH:
        raise refuse(
            "note",
            "running",
            f"该儿童已有在办个案 {running.in_words}:请选择“重复并案”并填写原报告编号 {running.number};"
            f"确属新的险情、须另行处置的,请在说明中写明理由(不少于{REASON_LENGTH}字)",
        )
