"""The wording of the letters that the program writes. Each function takes what the letter says and returns its text;
nothing here reads the clock or the database but `head_of`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cases.applications import application
from cases.case_files import case_file
from cases.children import child
from cases.decisions import APPEAL_TEXT, Limits
from cases.jurisdictions import full_name, town_of
from cases.sealed_identity import PROGRAM, open_identity
from engine.errors import NotFound
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Head:
    """Who writes to whom, about what."""

    number: str  #: the application's number
    applicant: str
    child: str
    area: str  #: township and village
    issuer: str  #: the township government
    sealed: bool


def issuer_of(session: Session, place: str) -> str:
    """The government of the place's township, e.g. 青川镇人民政府."""
    return f"{full_name(session, town_of(place))}人民政府"


def head_of(session: Session, case_id: str, *, now: datetime) -> Head:
    """The letter's head for a case; of a sealed one the record is opened for it.

    :raises NotFound: the case has no application.
    """
    row = session.execute(
        select(
            application.c.application_no,
            application.c.applicant_name,
            child.c.id,
            child.c.name,
            case_file.c.place,
            case_file.c.sealed_hiv,
        )
        .select_from(case_file)
        .join(application, application.c.case_id == case_file.c.id)
        .join(child, child.c.id == case_file.c.child_id)
        .where(case_file.c.id == case_id)
    ).first()
    if row is None:
        raise NotFound(f"办件 {case_id} 没有申请")
    return Head(
        number=row.application_no,
        applicant=row.applicant_name,
        child=_name(session, row, now),
        area=full_name(session, row.place),
        issuer="县民政局" if row.sealed_hiv else issuer_of(session, row.place),
        sealed=row.sealed_hiv,
    )


def _name(session: Session, row: Any, now: datetime) -> str:
    if not row.sealed_hiv:
        return str(row.name)
    return open_identity(session, PROGRAM, row.id, purpose="出具致申请人的文书", now=now).name


def chinese_day(day: date) -> str:
    """2025年10月14日"""
    return f"{day.year}年{day.month}月{day.day}日"


def _letter(head: Head, title: str, body: str, day: date, *, signed: str | None = None) -> str:
    return f"{title}\n编号:{head.number}\n\n{head.applicant}:\n{body}\n\n{signed or head.issuer}\n{chinese_day(day)}"


def supplement(head: Head, papers: Sequence[str], *, day: date, until: date) -> str:
    """《补正材料一次性告知书》: every missing paper at once."""
    listed = "\n".join(f"{number}. {paper};" for number, paper in enumerate(papers, 1))
    body = (
        f"你为{head.child}提出的困境儿童分类保障申请收悉。经审查,尚需补正下列材料:\n{listed}\n"
        f"请于{chinese_day(until)}24时前补正。以上为一次性告知,此后不再要求补正其他材料。"
        "逾期未补正的,退回已交材料,可以重新申请。"
    )
    return _letter(head, "补正材料一次性告知书", body, day)


def lapse(head: Head, *, until: date, returned: Iterable[str], day: date) -> str:
    """《逾期未补正告知书》: the papers never came."""
    body = (
        f"你为{head.child}提出的申请,截至{chinese_day(until)}24时未补正所需材料,本次申请终止。"
        f"{_returned(returned)}你可以随时重新申请。"
    )
    return _letter(head, "逾期未补正告知书", body, day)


def withdrawal(head: Head, *, returned: Iterable[str], day: date) -> str:
    """The applicant took the application back."""
    body = f"根据你的请求,为{head.child}提出的申请已撤回。{_returned(returned)}你可以随时重新申请。"
    return _letter(head, "撤回申请确认书", body, day)


def transfer(head: Head, *, to: str, day: date) -> str:
    """Another township is competent."""
    body = f"经审查,你为{head.child}提出的申请不属于本辖区,已连同材料移送{to}办理。"
    return _letter(head, "移送告知书", body, day)


def refusal(
    head: Head, *, reasons: str, returned: Iterable[str], signed: str, day: date, until: Limits | None = None
) -> str:
    """Papers go back with written reasons and both remedies (domain.md P_B 11)."""
    body = (
        f"经核查,你为{head.child}提出的申请不符合困境儿童分类保障条件,不予认定。理由如下:\n{reasons}\n"
        f"{_returned(returned)}\n{APPEAL_TEXT}{_last_days(until)}"
    )
    return _letter(head, "退回材料及不予认定告知书", body, day, signed=signed)


def _last_days(until: Limits | None) -> str:
    if until is None:
        return ""
    review, lawsuit = chinese_day(until.review_until), chinese_day(until.lawsuit_until)
    return f"\n申请行政复议至{review}止,提起行政诉讼至{lawsuit}止。"


def evidence(head: Head, *, evidence: str, from_whom: str, reason: str, until: date, day: date) -> str:
    """Evidence is asked for; the township's time limit stands still."""
    body = (
        f"核查你为{head.child}提出的申请,需要补充证据:{evidence}(由{from_whom}提供)。理由:{reason}\n"
        f"自即日起核查时限暂停计算;{chinese_day(until)}24时前证据未到的,按现有材料作出核查意见。"
    )
    return _letter(head, "补充证据告知书", body, day)


def ask_for_more(head: Head, asked: Sequence[str], *, day: date, until: date) -> str:
    """The county asks the applicant itself; its time limit stands still."""
    listed = "\n".join(f"{number}. {each}" for number, each in enumerate(asked, 1))
    body = (
        f"复核你为{head.child}提出的申请,需要你补充说明或者材料:\n{listed}\n"
        f"自即日起审批时限暂停计算;{chinese_day(until)}24时前未补充的,按现有材料作出审批意见。"
    )
    return _letter(head, "补充证据告知书", body, day)


def objection_reply(name: str, *, notice_no: str, ruling: str, issuer: str, day: date) -> str:
    """The reply to a named objector: what was decided, and nothing of the family."""
    said = {
        "成立": "经核查,你反映的情况成立,已按规定处理。",
        "部分成立": "经核查,你反映的情况部分成立,将重新核查并再次公示。",
        "不成立": "经核查,你反映的情况不成立。",
        "不受理": "你反映的情况没有可以核实的具体事实,不予受理。补充具体事实后可以再次反映。",
        "申请已撤回": "公示所涉申请已由申请人撤回,公示已撤下,你提出的异议不再办理。",
    }
    body = (
        f"你对公示 {notice_no} 提出的异议收悉。{said.get(ruling, ruling)}"
        "涉及儿童和家庭隐私的内容依法不予公开。感谢监督。"
    )
    return f"公示异议答复书\n\n{name}:\n{body}\n\n{issuer}\n{chinese_day(day)}"


def consultation(head: Head, *, convene_by: date, conclude_by: date, day: date) -> str:
    """The time limit stands still while a meeting decides, and by when it does (DL-15)."""
    body = (
        f"你为{head.child}提出的申请,因有关部门意见不一致,提请会商。会商应于{chinese_day(convene_by)}前召开、"
        f"{chinese_day(conclude_by)}前形成结论。会商期间审批时限暂停计算,结论作出后恢复。"
    )
    return _letter(head, "暂停计时告知书", body, day, signed="县民政局")


def recognition(head: Head, *, number: str, effective_month: str, day: date) -> str:
    """《困境儿童分类保障认定通知书》. It names no category: the letter is opened in villages."""
    year, month = effective_month.split("-")
    body = (
        f"经审批,认定{head.child}纳入困境儿童分类保障(决定文号 {number})。保障待遇自{year}年{int(month)}月起落实,"
        f"由有关部门分别办理。\n{APPEAL_TEXT}"
    )
    return _letter(head, "困境儿童分类保障认定通知书", body, day, signed="县民政局")


def _returned(papers: Iterable[str]) -> str:
    listed = "、".join(papers)
    return f"随本告知书退回材料:{listed}。" if listed else "没有需要退回的材料原件。"
