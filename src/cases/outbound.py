"""跨省通办 taken in here for a household of another county (domain.md 1.5, P_B (iv), DL-37): what goes there, and what
the applicant is told of the answer. The home county is outside of this system: a letter goes there, its answer is
entered. Names and numbers stand in what was filled in and in the letters alone; the case knows its own number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.identity import category_names
from cases.letters import chinese_day, issuer_of
from cases.materials import MATERIALS
from cases.submissions import latest_submissions
from engine.store.session import Session

RECEIVED, ANSWERED = "x_ut_receive", "x_ut_feedback"
NUMBER = "outbound_no"
AGREED = "同意认定"
_LIMITS = "请按跨省通办规定,乡镇、县级各15个工作日办理,审批后3个工作日内反馈本乡镇。"


def package(session: Session, case_id: str, *, number: str, place: str, day: date) -> str:
    """《跨省通办申请转送函》 to the home office: who asks for what, and every paper that goes along."""
    told = latest_submissions(session, case_id, RECEIVED)[RECEIVED]
    papers = "、".join(MATERIALS.get(code, code) for code in told.get("materials") or ()) or "无"
    card = told.get("child_idcard") or f"无(原因:{told.get('no_id_reason')};出生日期:{told.get('birth')})"
    body = (
        f"现转送你地户籍儿童{told['child_name']}(身份证号:{card};户籍地:{told['home_place']})"
        f"的困境儿童分类保障申请。申请类别:{'、'.join(category_names(told.get('categories') or ()))}。\n"
        f"申请人:{told['applicant_name']}({told.get('relation')},身份证号:{told.get('applicant_idcard')},"
        f"电话:{told.get('applicant_phone')})。\n申请理由:{told.get('statement')}\n"
        f"随函材料:{papers},个人信息处理告知同意书。\n{_LIMITS}"
    )
    return _letter("跨省通办申请转送函", number, str(told["home_office"]), body, issuer_of(session, place), day)


def answer(session: Session, case_id: str, *, number: str, place: str, day: date) -> str:
    """《跨省通办办理结果告知书》 to the applicant: what the home office decided, and where to turn against it."""
    told = latest_submissions(session, case_id, RECEIVED, ANSWERED)
    asked, given = told[RECEIVED], told[ANSWERED]
    paper = f"(文书编号 {given['answer_no']})" if given.get("answer_no") else ""
    reason = "" if given["answer"] == AGREED else f"理由:{given.get('reason')}\n"
    body = (
        f"你为{asked['child_name']}提出的申请,{asked['home_office']}已反馈办理结果:{given['answer']}{paper}。\n{reason}"
        f"户籍地的决定或复函随本告知书送达。对结果不服的,按该决定写明的途径和期限,向户籍地有权机关提出。"
    )
    title = "跨省通办办理结果告知书"
    return _letter(title, number, str(asked["applicant_name"]), body, issuer_of(session, place), day)


def _letter(title: str, number: str, to: str, body: str, issuer: str, day: date) -> str:
    return f"{title}\n编号:{number}\n\n{to}:\n{body}\n\n{issuer}\n{chinese_day(day)}"


def number_of(facts: Mapping[str, Any]) -> str:
    """The number under which the case goes out."""
    return str(facts[NUMBER])
