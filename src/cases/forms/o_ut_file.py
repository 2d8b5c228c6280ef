"""提出异议: an objection against a public notice opens a case of its own (P_C2 a)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping

from cases import case_files, notices, objections
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms.filing import as_list, refuse
from cases.forms.opening import Opening
from cases.letters import chinese_day
from cases.parameters import parameters
from engine.domain import CaseRef
from engine.store.session import Session

OBJECTION_WORKDAYS = 5


def open_objection(opening: Opening) -> CaseRef:
    """Open the objection's case. It says nothing of the child, and its inbox line nothing of the objector.

    :raises SubmissionInvalid: no such notice hangs, or its period is over (then 投诉举报 is the way).
    """
    session, fields = opening.session, opening.fields
    against = _hanging(session, str(fields.get("notice_no") or "").strip(), opening.now)
    row = case_files.find_case(session, against["case_id"])
    case_id = opening.open_case(
        place=row["place"],
        facts={},
        status=CaseStatus.OBJECTION,
    )
    derivation = opening.calendar.add_workdays(opening.day, OBJECTION_WORKDAYS)
    objections.file(
        session,
        case_id=case_id,
        against=against,
        fields=fields,
        evidence=as_list(fields.get("evidence")),
        due_on=derivation.end,
        now=opening.now,
    )
    set_deadline(session, case_id, DeadlineCode.OBJECTION, derivation, now=opening.now)
    number = str(against["notice_no"])
    return CaseRef(
        case_id=case_id,
        place=row["place"],
        subject=f"公示 {number} 的异议",
        search_key=number,
        variables={"notice_no": number},
    )


def _hanging(session: Session, notice_no: str, now: datetime) -> RowMapping:
    """The notice, if it hangs now."""
    against, phone = notices.find_by_number(session, notice_no), parameters(session).objection_phone
    if against is None or against["posted_at"] is None:
        raise refuse("notice_no", "unknown", "没有找到这个编号的公示,请核对公示首行的编号")
    if against["end_at"] is not None and against["end_at"] <= now:
        raise refuse(
            "notice_no",
            "late",
            f"该公示已于{chinese_day(against['notice_until'])}24时届满,不再按公示异议受理。"
            f"请通过投诉举报反映,电话 {phone},乡镇和县民政局都会受理",
        )
    if against["status"] != notices.NoticeStatus.POSTED or against["end_at"] is None:
        raise refuse("notice_no", "removed", f"该公示已撤下。请通过投诉举报反映,电话 {phone}")
    return against
