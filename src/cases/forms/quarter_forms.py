"""The forms of the quarterly update and of its visits (P_G), and what opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from cases import case_files, children, deaths, exits, quarters, sealed
from cases.forms import risk_report
from cases.forms.filing import Apply, Filing, at_risk, refuse
from cases.forms.harm import note_harm
from cases.forms.opening import Opening
from cases.jurisdictions import TOWN_DIGITS, find_division, full_name
from cases.quarters import Quarter
from engine.domain import CaseRef

_COUNTED = ("added", "changed", "exited")


def open_quarter(opening: Opening) -> CaseRef:
    """Open a township's update of a quarter.

    :raises SubmissionInvalid: no such township, or the quarter was opened already.
    """
    session, fields = opening.session, opening.fields
    town = str(fields["town"])
    if len(town) != TOWN_DIGITS or find_division(session, town) is None:
        raise refuse("town", "division", "请选择乡镇")
    quarter = Quarter(year=int(fields["year"]), number=int(fields["quarter"]))
    if quarters.report_of(session, town, quarter) is not None:
        raise refuse("quarter", "open_quarter", "该乡镇本季度的更新已经发起")
    dates = quarters.dates_of(quarter, opening.calendar)
    found = quarters.covered_in(session, town, dates.opens_on)
    places = sorted({row["hukou_code"] for row in found if not row["sealed_hiv"]})
    facts = {**asdict(dates), "quarter_villages": [{"place": place} for place in places]}
    subject = f"{full_name(session, town)}{quarter.year}年第{quarter.number}季度"
    opened = opening.open_named(subject, facts=facts, place=town)
    quarters.enter_report(session, opened.case_id, town=town, quarter=quarter, children=len(found))
    return opened


def open_visit(opening: Opening) -> CaseRef:
    """Put a child on the list of a quarter's visits.

    :raises SubmissionInvalid: no such archive.
    """
    session = opening.session
    archive_no = str(opening.fields["archive_no"])
    found = children.find_by_archive(session, archive_no)
    if found is None:
        raise refuse("archive_no", "unknown", "没有这个档案编号")
    campaign_id = str(opening.fields["campaign"])
    dates = case_files.find_case(session, campaign_id)["facts"]
    opened = opening.open_for(found, facts={"village_due": dates["village_due"]})
    quarters.enter_visit(session, opened.case_id, child_id=found["id"], kind="季度", campaign_id=campaign_id)
    return opened


def visited(filing: Filing) -> Mapping[str, Any]:
    """Enter what was found; a clue, or a death, becomes a fact that the agenda takes up (MSG_EXIT_FACT, M13), a death
    a major matter too (DL-38).

    :raises SubmissionInvalid: 无变化 beside a change, a change that is not described, a clue without its day.
    """
    changes, clue = list(filing.chosen("changes")), filing.text("exit_clue")
    if "无变化" in changes and len(changes) > 1:
        raise refuse("changes", "contradiction", "选择“无变化”时不能再选其他变化")
    if changes != ["无变化"] and not filing.text("changed_values"):
        raise refuse("changed_values", "required", "请写明变化内容")
    died = "死亡" in changes
    if (died or clue not in ("", "无")) and filing.value("clue_on") is None:
        raise refuse("clue_on", "required", "请填写线索的事实日期")
    ground = "7" if died else clue if clue not in ("", "无") else None
    risk = at_risk(filing.submitted.fields)
    child_id = quarters.child_of_visit(filing.session, filing.case_id)
    quarters.record_visit(
        filing.session,
        filing.case_id,
        found=filing.submitted.fields,
        changes=changes,
        exit_clue=ground,
        risk_found=risk,
        by_name=filing.actor.name,
        at=filing.now,
    )
    if died:
        deaths.note(filing.session, child_id, on=filing.value("clue_on"), source="季度更新", now=filing.now)
        note_harm(filing, f"季度走访 {_coded(filing, child_id)}", "死亡")
    elif ground is not None:
        exits.note_fact(
            filing.session,
            child_id,
            ground=ground,
            fact_on=filing.value("clue_on"),
            source="季度更新",
            now=filing.now,
        )
    return {"risk": risk, "died": died}


def _coded(filing: Filing, child_id: str) -> str:
    """By what name a supervision knows the child: the number of the file, of a sealed one the case's code."""
    found = children.find_child(filing.session, child_id)
    if found is None or found["sealed_hiv"]:
        return sealed.subject_of(filing.case_id)
    return f"档案 {found['archive_no']}"


def reported(filing: Filing) -> Mapping[str, Any]:
    """The report of a child at risk was made: of this child, or of one whom the desk still has to identify.

    :raises SubmissionInvalid: there is no report of that number, or it is another child's.
    """
    child_id = quarters.child_of_visit(filing.session, filing.case_id)
    risk_report.require_known(filing, filing.text("report_no"), "report_no", child_id=child_id)
    return {}


def village_sign(filing: Filing) -> Mapping[str, Any]:
    """The village signs for its visits.

    :raises SubmissionInvalid: children were not visited and nobody says why.
    """
    left = quarters.visits_left(filing.session, filing.case_id, filing.submitted.place)
    if left and not filing.text("missing_reason"):
        raise refuse("missing_reason", "visits", f"还有 {left} 名儿童未走访,请完成走访或说明理由")
    return {}


def merge(filing: Filing) -> Mapping[str, Any]:
    """The township checks and adds up.

    :raises SubmissionInvalid: too few checks, a return without a reason, numbers that the files do not bear out.
    """
    verdict = filing.text("merge")
    if verdict == "退回":
        if not filing.text("return_reason"):
            raise refuse("return_reason", "required", "请说明退回理由")
        return {"merge": verdict}
    needed = quarters.spot_checks_needed(filing.session, filing.case_id)
    if int(filing.value("spot_checked") or 0) < needed:
        raise refuse("spot_checked", "too_few", f"抽查不得少于 {needed} 人(走访的10%)")
    _count(filing)
    return {"merge": verdict}


def merge_again(filing: Filing) -> Mapping[str, Any]:
    """The township corrects what the county sent back."""
    _count(filing)
    return {}


def _count(filing: Filing) -> None:
    known = quarters.counts(filing.session, filing.case_id)
    for name in _COUNTED:
        if int(filing.value(name) or 0) != known[name]:
            raise refuse(name, "count", f"本季度登记为 {known[name]} 人,请核对档案后填写")
    quarters.change_report(filing.session, filing.case_id, merged_at=filing.now, **known)


def report(filing: Filing) -> Mapping[str, Any]:
    """The township's head signs and reports.

    :raises SubmissionInvalid: nothing was added up yet, or a zero report of a quarter that had changes.
    """
    row = quarters.find_report(filing.session, filing.case_id)
    if row["merged_at"] is None:
        raise refuse("sealed_doc", "not_merged", "乡镇尚未完成审核汇总,请先督促汇总再报送")
    zero = filing.flag("zero_report")
    if zero and any(row[name] for name in _COUNTED):
        raise refuse("zero_report", "contradiction", "本季度有新增、变化或退出,不能零报告")
    quarters.change_report(filing.session, filing.case_id, signed_at=filing.now, zero_report=zero)
    return {}


def accept(filing: Filing) -> Mapping[str, Any]:
    """The county takes the report, or sends it back.

    :raises SubmissionInvalid: sent back without a reason.
    """
    verdict = filing.text("accept")
    if verdict == "退回" and not filing.text("return_reason"):
        raise refuse("return_reason", "required", "请说明退回理由")
    if verdict == "接收":
        quarters.change_report(filing.session, filing.case_id, accepted_at=filing.now)
    return {"accept": verdict}


QUARTER_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "g_ut_visit": visited,
        "g_ut_risk": reported,
        "g_ut_village_sign": village_sign,
        "g_ut_merge": merge,
        "g_ut_merge_again": merge_again,
        "g_ut_report": report,
        "g_ut_report_again": report,
        "g_ut_accept": accept,
    }
)
