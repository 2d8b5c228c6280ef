"""The forms of supervision (P_J): plan, self-check, inspection, setting right, report, instruction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, leads, supervisions
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.handing_out import carried_out, hand_out
from cases.jurisdictions import TOWN_DIGITS, county_of, subtree
from cases.supervisions import CLOSED, INSPECTED, RECTIFYING

FOUND, AGREED = "发现问题", "同意"


def _unit(filing: Filing) -> str:
    """Which unit's branch the form belongs to: the diagram gives it as the task's department, a township too."""
    return filing.department


def plan(filing: Filing) -> Mapping[str, Any]:
    """Enter the plan.

    :raises SubmissionInvalid: no unit, or a township that is not in the tree; a sample below the least.
    """
    towns = list(filing.chosen("unit_towns"))
    known = {each.code for each in subtree(filing.session, digits=TOWN_DIGITS)}
    if not set(towns) <= known:
        raise refuse("unit_towns", "division", "请选择本县的乡镇")
    chosen = [*towns, *filing.chosen("unit_departments")]
    if not chosen:
        raise refuse("unit_towns", "required", "请至少选择一个受督单位")
    percent = int(filing.value("sample_percent"))
    if percent < supervisions.SAMPLE_PERCENT:
        raise refuse("sample_percent", "min", f"抽查比例不得低于 {supervisions.SAMPLE_PERCENT}%")
    supervisions.set_units(filing.session, filing.case_id, chosen)
    supervisions.change(
        filing.session,
        filing.case_id,
        lead=filing.text("lead"),
        scope=filing.text("scope"),
        indicators=list(filing.chosen("indicators")),
        sample_percent=percent,
    )
    county = county_of(case_files.find_case(filing.session, filing.case_id)["place"])
    facts = {
        "supervised_units": [dict(supervisions.branch_of(unit, county)) for unit in chosen],
        "supervision_samples": _samples(filing, chosen, percent),
        "supervision_scope": filing.text("scope"),
    }
    case_files.add_facts(filing.session, filing.case_id, facts)
    departments = [unit for unit in chosen if unit not in known]
    case_files.involve(filing.session, filing.case_id, [*departments, filing.text("lead"), "ZFB"])
    return {"lead": filing.text("lead")}


def _samples(filing: Filing, chosen: list[str], percent: int) -> str:
    lines = []
    for unit in chosen:
        files = supervisions.files_of(filing.session, unit)
        name = supervisions.unit_name(filing.session, unit)
        lines.append(f"{name}:档案 {files} 份,至少抽查 {supervisions.sample_needed(files, percent)} 份")
    return "\n\n".join(lines)


def plan_sign(filing: Filing) -> Mapping[str, Any]:
    """The plan holds, goes back, or is dropped.

    :raises SubmissionInvalid: not agreed to, and nobody says why.
    """
    verdict = filing.text("plan_verdict")
    if verdict == AGREED:
        supervisions.change(filing.session, filing.case_id, signed_by=filing.actor.name, signed_at=filing.now)
    elif not filing.text("plan_reason"):
        raise refuse("plan_reason", "required", "请说明理由")
    return {"plan_verdict": verdict}


def selfcheck(filing: Filing) -> Mapping[str, Any]:
    """Enter what the unit found at itself."""
    supervisions.change_unit(
        filing.session,
        filing.case_id,
        _unit(filing),
        selfcheck=filing.text("selfcheck"),
        selfchecked_at=filing.now,
    )
    return {}


def onsite(filing: Filing) -> Mapping[str, Any]:
    """Enter how many files were looked at, and what was found.

    :raises SubmissionInvalid: too few files, more than there are; findings missing, or there although none were found.
    """
    unit = _unit(filing)
    files = supervisions.files_of(filing.session, unit)
    percent = supervisions.find(filing.session, filing.case_id)["sample_percent"]
    sampled, needed = int(filing.value("sampled")), supervisions.sample_needed(files, percent)
    if not needed <= sampled <= files:
        raise refuse("sampled", "sample", f"档案共 {files} 份,应抽查 {needed} 至 {files} 份({percent}%)")
    result, rows = filing.text("onsite_result"), list(filing.value("findings") or ())
    if (result == FOUND) != bool(rows):
        raise refuse("findings", "required", "发现问题的应逐条填写问题,未发现问题的不填")
    for row in rows:
        values = {name: str(row[name]) for name in ("issue", "level", "rule", "evidence")}
        supervisions.add_finding(filing.session, filing.case_id, unit, now=filing.now, **values)
    status = INSPECTED if rows else CLOSED
    closed_at = None if rows else filing.now
    supervisions.change_unit(
        filing.session,
        filing.case_id,
        unit,
        files=files,
        sampled=sampled,
        inspected_at=filing.now,
        status=status,
        closed_at=closed_at,
    )
    _tell_findings(filing)
    return {"onsite_result": result}


def _tell_findings(filing: Filing) -> None:
    """The forms that follow show what was found, and what became of it."""
    told = supervisions.findings_text(filing.session, filing.case_id)
    case_files.add_facts(filing.session, filing.case_id, {"supervision_findings": told})


def rectify(filing: Filing) -> Mapping[str, Any]:
    """The unit is told to set it right."""
    unit = _unit(filing)
    rounds = supervisions.find_unit(filing.session, filing.case_id, unit)["rounds"]
    supervisions.change_unit(filing.session, filing.case_id, unit, status=RECTIFYING, rounds=rounds + 1)
    return {}


def rectify_reply(filing: Filing) -> Mapping[str, Any]:
    """The unit says what it did."""
    measure = filing.text("measures")
    supervisions.change_findings(filing.session, filing.case_id, _unit(filing), measure=measure)
    return {}


def verify(filing: Filing) -> Mapping[str, Any]:
    """The inspector looks again.

    :raises SubmissionInvalid: not set right, and nobody says what is missing.
    """
    unit, verdict = _unit(filing), filing.text("verified")
    if verdict == "整改到位":
        supervisions.change_findings(filing.session, filing.case_id, unit, rectified_at=filing.now)
        supervisions.change_unit(filing.session, filing.case_id, unit, status=CLOSED, closed_at=filing.now)
        _tell_findings(filing)
    elif not filing.text("verify_reason"):
        raise refuse("verify_reason", "required", "未整改到位的,请说明还缺什么")
    return {"verified": verdict}


def report(filing: Filing) -> Mapping[str, Any]:
    """The report is written."""
    text = filing.text("supervise_report")
    supervisions.change(filing.session, filing.case_id, report=text)
    case_files.add_facts(filing.session, filing.case_id, {"supervision_report": text})
    return {}


def report_sign(filing: Filing) -> Mapping[str, Any]:
    """The lead department sends the report to the county government, or sends it back.

    :raises SubmissionInvalid: sent back without a reason.
    """
    verdict = filing.text("report_verdict")
    if verdict == AGREED:
        supervisions.change(filing.session, filing.case_id, reported_at=filing.now)
    elif not filing.text("report_reason"):
        raise refuse("report_reason", "required", "请说明退回理由")
    return {"report_verdict": verdict}


def instruct(filing: Filing) -> Mapping[str, Any]:
    """The county government's instruction, and whom it gives something to do.

    :raises SubmissionInvalid: an item that is due before today.
    """
    text = filing.text("instruction")
    supervisions.change(filing.session, filing.case_id, instruction=text, instructed_at=filing.now)
    case_files.add_facts(filing.session, filing.case_id, {"instruction": text})
    return {"action_items": hand_out(filing, kind="督查")}


def major(filing: Filing) -> Mapping[str, Any]:
    """The major matter is reported, or found to be none.

    :raises SubmissionInvalid: neither facts nor a reason.
    """
    verdict = filing.text("major_verdict")
    values: dict[str, object] = {"verdict": verdict, "report": filing.text("major_report")}
    if verdict == "上报县政府":
        values["reported_at"] = filing.now
    supervisions.change_matter(filing.session, filing.case_id, **values)
    case_files.add_facts(filing.session, filing.case_id, {"major_report": filing.text("major_report")})
    case_files.involve(filing.session, filing.case_id, ["ZFB"])
    return {"major_verdict": verdict}


def major_instruct(filing: Filing) -> Mapping[str, Any]:
    """The county government's instruction on a major matter.

    :raises SubmissionInvalid: an item that is due before today.
    """
    text = filing.text("instruction")
    supervisions.change_matter(filing.session, filing.case_id, instruction=text)
    case_files.add_facts(filing.session, filing.case_id, {"instruction": text})
    return {"action_items": hand_out(filing, kind="督查")}


def lead(filing: Filing) -> Mapping[str, Any]:
    """A lead is taken up for the next supervision, or not.

    :raises SubmissionInvalid: not taken up, and nobody says why.
    """
    verdict = filing.text("lead_verdict")
    if verdict == "不予受理" and not filing.text("lead_reason"):
        raise refuse("lead_reason", "required", "不予受理的,请说明理由")
    leads.handle(filing.session, filing.case_id, handling=verdict)
    return {"lead_verdict": verdict}


SUPERVISION_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "j_ut_plan": plan,
        "j_ut_plan_sign": plan_sign,
        "j_ut_selfcheck": selfcheck,
        "j_ut_onsite": onsite,
        "j_ut_rectify": rectify,
        "j_ut_rectify_reply": rectify_reply,
        "j_ut_verify": verify,
        "j_ut_report": report,
        "j_ut_report_sign": report_sign,
        "j_ut_instruct": instruct,
        "j_ut_major": major,
        "j_ut_major_instruct": major_instruct,
        "j_ut_lead_handle": lead,
        "j_ut_item": carried_out,
        "j_ut_major_item": carried_out,
    }
)
