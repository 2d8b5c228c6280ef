"""What the form of a protection task says of its case: who and where the child is, what happened, what was found (M1).

Each name here is one line of a form (`"text": "=…"`). Nothing of a case is told but the names that the form of an open
task asks for, and only to whoever may do that task (`engine.queries.task_facts`); no name tells who reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases import children, meetings, protected_children, protection, reports, restorations
from cases.case_files import case_file
from cases.jurisdictions import full_name
from cases.people import find_person
from cases.plain_text import plain
from cases.privacy import mask_child_name
from cases.submissions import latest_submissions
from engine.calendar import age_on, county_day, county_minute
from engine.store.session import Session

UNKNOWN = "未登记"

#: Of the five inputs of table D12, in the words of the forms.
_FINDINGS: Mapping[str, str] = {
    "ground_revoke": "存在撤销监护人资格的情形",
    "danger_removed": "危险已经消除",
    "guardian_capable": "监护人有监护能力",
    "other_guardian": "有其他适格监护人",
    "permanent_loss": "符合民政部门长期监护的情形",
}


def words(session: Session, case_id: str, asked: Collection[str], now: datetime) -> Mapping[str, str]:
    """Of the names asked for those that stand here, each with its words; never empty, so that a form has no gap, and
    plain: who reports may be anybody."""
    day = county_day(now)
    return {name: plain(WORDS[name](session, case_id, day)) or UNKNOWN for name in asked if name in WORDS}


def _said(session: Session, case_id: str, form: str) -> Mapping[str, Any]:
    """What was last filled in on this form of the case."""
    return latest_submissions(session, case_id, form).get(form, {})


def _report(session: Session, case_id: str) -> Mapping[str, Any]:
    row = session.execute(select(reports.report).where(reports.report.c.case_id == case_id)).mappings().first()
    return dict(row) if row is not None else {}


def _row(session: Session, table: Any, case_id: str) -> Mapping[str, Any]:
    row = protection.latest(session, table, case_id)
    return dict(row) if row is not None else {}


def _listed(*parts: object) -> str:
    return ",".join(str(part) for part in parts if part not in (None, "", []))


def _labelled(*parts: tuple[str, object]) -> str:
    return ";".join(f"{label} {value}" for label, value in parts if value not in (None, "", []))


def _moment(value: Any) -> str:
    return county_minute(value) if isinstance(value, datetime) else str(value or "")


def _name(session: Session, case_id: str) -> str:
    known = protected_children.child_of(session, case_id)
    found = children.find_child(session, known) if known else None
    told = found["name"] if found else _report(session, case_id).get("child_name")
    typed = (_said(session, case_id, form).get("child_name") for form in ("h5_ut_ask", "h4_ut_request"))
    return str(told or next(filter(None, typed), ""))


def _child(session: Session, case_id: str, day: date) -> str:
    known = protected_children.child_of(session, case_id)
    found = children.find_child(session, known) if known else None
    if found is not None:
        return _listed(found["name"], found["sex"], f"{age_on(found['birth'], day)}岁" if found["birth"] else None)
    told = _report(session, case_id)
    about = f"约{told['approx_age']}岁" if told.get("approx_age") is not None else None
    return _listed(_name(session, case_id) or "姓名不详", told.get("sex"), about)


def _masked(session: Session, case_id: str, _: date) -> str:
    return mask_child_name(_name(session, case_id))


def _place(session: Session, case_id: str, _: date) -> str:
    code = session.execute(select(case_file.c.place).where(case_file.c.id == case_id)).scalar_one()
    where = _report(session, case_id).get("location")
    where = where or _row(session, protection.custody_inquiry, case_id).get("child_where")
    return _listed(full_name(session, code), where)


def _village(session: Session, case_id: str, _: date) -> str:
    """The village and no more: whoever only cares needs no address (6.1)."""
    code = session.execute(select(case_file.c.place).where(case_file.c.id == case_id)).scalar_one()
    return full_name(session, code)


def _situations(session: Session, case_id: str, _: date) -> str:
    told = _report(session, case_id).get("situations") or ()
    return "、".join(reports.SITUATION_WORDS.get(each, each) for each in told) or _detained(session, case_id, _)


def _injuries(session: Session, case_id: str, _: date) -> str:
    return str(_report(session, case_id).get("injuries") or "")


def _suspect(session: Session, case_id: str, _: date) -> str:
    return str(_report(session, case_id).get("suspect") or "")


def _found(session: Session, case_id: str, _: date) -> str:
    """What the police, or the township, found on the spot, and what the police told the township."""
    there, noticed = _said(session, case_id, "h_ut_dispatch"), _said(session, case_id, "h_ut_police_notice")
    town = _said(session, case_id, "h_ut_town_check")
    return _labelled(
        ("儿童状况", there.get("child_condition")),
        ("危险来源", "监护人" if there.get("danger_from_guardian") is True else None),
        ("处置措施", "、".join(there.get("measures") or ())),
        ("处置经过", there.get("note")),
        ("公安机关查明", noticed.get("facts")),
        ("已采取措施", noticed.get("measures_taken")),
        ("乡镇核查", _listed(town.get("town_finding"), town.get("note"))),
    )


def _handed(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.handover, case_id)
    return _labelled(
        ("接收方", _listed(row.get("receiver_org"), row.get("receiver_person"))),
        ("交接时间", _moment(row.get("handed_at"))),
        ("健康状况", row.get("health_note")),
        ("随身物品", _said(session, case_id, "h_ut_handover").get("belongings")),
    )


def _stay(session: Session, case_id: str, _: date) -> str:
    """With whom the child is now: who took it over, else at home."""
    row = _row(session, protection.handover, case_id)
    return _listed(row.get("receiver_org"), row.get("receiver_person")) or "家中"


def _temporary(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.intervention_case, case_id)
    return _labelled(
        ("未保法情形", row.get("ground")),
        ("安置", row.get("placement")),
        ("起始", row.get("temp_from")),
        ("届满决定日", row.get("decide_by")),
    )


def _guardian(session: Session, case_id: str, _: date) -> str:
    known = protected_children.child_of(session, case_id)
    row = children.current_guardian(session, known) if known else None
    if row is not None:
        return _listed(row["name"], row["relation"], row["phone"])
    return str(_said(session, case_id, "h_ut_order_return").get("guardian_contacted") or "")


def _carer(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.custody_inquiry, case_id)
    carer = row.get("carer") or {}
    return _labelled(
        ("照料人", _listed(carer.get("name"), carer.get("type"), carer.get("phone"))),
        ("本人意见", None if not carer.get("name") else "同意" if carer.get("agrees") is True else "未同意"),
        ("现由谁照料", row.get("who_cares")),
        ("儿童证件", _said(session, case_id, "h5_ut_ask").get("no_id_reason")),
        ("身份核实", _said(session, case_id, "h5_ut_identity").get("identity")),
        ("照料能力", _said(session, case_id, "h5_ut_check").get("able")),
    )


def _detained(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.custody_inquiry, case_id)
    if not row:
        return ""
    until = f"至{row['custody_to']}" if row["custody_to"] else "起"
    which = _said(session, case_id, "h5_ut_ask").get("parent_which") or ""
    return _listed(f"{which}{row['detained_name']}", row["custody_measure"], f"{row['custody_from']}{until}")


def _assessed(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.assessment, case_id)
    findings = row.get("findings") or {}
    ticked = [told for name, told in _FINDINGS.items() if findings.get(name) is True]
    return _labelled(
        ("评估日期", row.get("assessed_on")),
        ("风险", row.get("risk_level")),
        ("监护人态度", row.get("guardian_attitude")),
        ("判断", "、".join(ticked) or ("各项均不符合" if row else None)),
    )


def _needs(session: Session, case_id: str, _: date) -> str:
    return "、".join(_row(session, protection.assessment, case_id).get("needs") or ())


def _care_needs(session: Session, case_id: str, _: date) -> str:
    return "、".join(_said(session, case_id, "h_ut_assess").get("care_needs") or ())


def _contact(session: Session, case_id: str, _: date) -> str:
    """Whom a caring body asks: the township's officer who assessed."""
    by_id = _row(session, protection.assessment, case_id).get("by_id")
    officer = find_person(session, by_id) if by_id else None
    return _listed(officer.name, officer.unit, officer.phone) if officer is not None else ""


def _wish(session: Session, case_id: str, _: date) -> str:
    assessed = _row(session, protection.assessment, case_id).get("child_wish")
    return str(assessed or _said(session, case_id, "h_ut_dispatch").get("child_wish") or "")


def _met(session: Session, case_id: str, _: date) -> str:
    row = meetings.current(session, case_id)
    if row is None:
        return ""
    outcome = protection.OUTCOME_WORDS.get(row["case_outcome"] or "", row["case_outcome"])
    return _labelled(("会商日期", row["met_on"]), ("结论", outcome), ("意见", row["conclusion"]))


def _order(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.protection_order, case_id)
    return _labelled(
        ("申请人", row.get("applicant")),
        ("受理时间", _moment(row.get("accepted_at"))),
        ("情况紧急", "是" if row.get("urgent") else None),
        ("裁定", row.get("result")),
        ("措施", "、".join(row.get("measures") or ())),
        ("有效期至", row.get("valid_to")),
        ("可申请复议至", row.get("review_until")),
    )


def _court(session: Session, case_id: str, _: date) -> str:
    row = _row(session, protection.court_matter, case_id)
    return _labelled(
        ("申请人", row.get("applicant") or _said(session, case_id, "h_ut_choose_applicant").get("petitioner")),
        ("起诉日期", row.get("filed_on")),
        ("立案日期", row.get("accepted_on")),
        ("裁判", _listed(row.get("result"), row.get("judgment_no"))),
        ("生效日期", row.get("effective_on")),
        ("指定监护人", row.get("designated")),
    )


def _statement(session: Session, case_id: str, _: date) -> str:
    told = _said(session, case_id, "h_ut_statement")
    return _listed(told.get("statement_result"), told.get("statement"))


def _health(session: Session, case_id: str, _: date) -> str:
    told = _said(session, case_id, "h_ut_intake")
    return _labelled(("检查结果", told.get("health_check")), ("过敏史", told.get("allergies")))


def _care(session: Session, case_id: str, _: date) -> str:
    told = _said(session, case_id, "h_ut_care_form")
    return _listed(told.get("care_form"), told.get("care_place"))


def _request(session: Session, case_id: str, _: date) -> str:
    """Who asks to have the guardianship back and why, and what was found since."""
    asked, heard = _said(session, case_id, "h4_ut_request"), _said(session, case_id, "h4_ut_wish")
    return _labelled(
        ("申请人", _listed(asked.get("requester_name"), asked.get("requester_was"), asked.get("requester_phone"))),
        ("撤销判决", asked.get("revocation_no")),
        ("理由", asked.get("request_reason")),
        ("儿童意愿", heard.get("child_wish")),
        ("悔改表现和监护能力", heard.get("repentance")),
        ("一般不予恢复的情形", "、".join(heard.get("barred") or ())),
        ("意见", heard.get("restore_advice")),
    )


def _window(session: Session, case_id: str, _: date) -> str:
    row = restorations.request_of(session, case_id)
    if row is None:
        return ""
    term = restorations.Window(revoked_on=row["revoked_on"], opens=row["restore_from"], ends=row["restore_until"])
    stands = term.says_of(row["requested_on"])
    return (
        f"撤销判决 {term.revoked_on} 生效,一般在 {term.opens} 至 {term.ends} 提出;"
        f"本申请 {row['requested_on']} 收到,{stands}{'' if stands == restorations.WITHIN else '(只作提示,照常办理)'}"
    )


#: What a form may ask for: a name, and what says it.
WORDS: Mapping[str, Callable[[Session, str, date], str]] = MappingProxyType(
    {
        "told_child": _child,
        "told_masked_child": _masked,
        "told_place": _place,
        "told_village": _village,
        "told_situations": _situations,
        "told_injuries": _injuries,
        "told_suspect": _suspect,
        "told_found": _found,
        "told_handover": _handed,
        "told_stay": _stay,
        "told_temporary": _temporary,
        "told_guardian": _guardian,
        "told_carer": _carer,
        "told_detained": _detained,
        "told_assessment": _assessed,
        "told_needs": _needs,
        "told_care_needs": _care_needs,
        "told_contact": _contact,
        "told_wish": _wish,
        "told_meeting": _met,
        "told_order": _order,
        "told_court": _court,
        "told_statement": _statement,
        "told_health": _health,
        "told_care": _care,
        "told_request": _request,
        "told_window": _window,
    }
)
