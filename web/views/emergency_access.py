"""紧急查阅: a sealed file opened in a danger to life by two persons, and the review after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import break_glass
from cases.break_glass import AGREED, ANSWER_WITHIN, ASKERS, CONFIRMERS, DANGERS, FINDINGS, REVIEWERS
from cases.privacy import mask_idcard
from engine.access import Actor
from engine.errors import SubmissionInvalid
from web.answers import sent_on
from web.forms import Fact
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("emergency_access", __name__, url_prefix="/emergency-access")

_LABELS: Mapping[str, str] = {
    "archive_no": "档案编号",
    "name": "儿童姓名",
    "birth": "出生日期",
    "area": "户籍地",
    "address": "居住地址",
    "guardian": "监护人",
    "guardian_phone": "监护人电话",
    "illness": "疾病名称",
    "hospital": "就诊医院",
    "placement": "安置去向",
}


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The questions that concern the person, and the form of a new one."""
    return _listed(visit, {})


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def ask(visit: Visit) -> ResponseReturnValue:
    """Ask for a sealed file."""
    given = {name: request.form.get(name, "").strip()[:500] for name in ("idcard", "danger", "reason")}
    try:
        break_glass.ask(visit.session, visit.person, now=visit.now, **given)
    except SubmissionInvalid as error:
        return _listed(visit, given, problems=error.problems), 422
    flash(_("已提出,等待另一名领导确认。请同时电话联系。"))
    return sent_on(url_for("emergency_access.listing"))


@page(pages, "/<asked>/answer", methods=("POST",), access=Access.SIGNED_IN)
def answer(visit: Visit, asked: str) -> ResponseReturnValue:
    """Agree, or do not."""
    agree = request.form.get("agree") == "yes"
    break_glass.answer(visit.session, visit.person, asked, agree=agree, calendar=visit.env.calendar, now=visit.now)
    flash(_("已确认,提出人可以查阅。") if agree else _("已答复不同意。"))
    return sent_on(url_for("emergency_access.listing"))


@page(pages, "/<asked>/open", methods=("POST",), access=Access.SIGNED_IN)
def open_file(visit: Visit, asked: str) -> ResponseReturnValue:
    """What saves the child, for who asked."""
    found = break_glass.open_file(visit.session, visit.person, asked, now=visit.now)
    told = asdict(found) if found else {}
    facts = [Fact(label=_(label), value=told[key]) for key, label in _LABELS.items() if told.get(key)]
    return render_template("emergency_file.html", facts=facts, reports=found.reports if found else ())


@page(pages, "/<asked>/review", methods=("POST",), access=Access.SIGNED_IN)
def review(visit: Visit, asked: str) -> ResponseReturnValue:
    """Find whether it was right."""
    given = {name: request.form.get(name, "").strip()[:500] for name in ("finding", "note")}
    break_glass.review(visit.session, visit.person, asked, now=visit.now, **given)
    flash(_("复核结论已登记。"))
    return sent_on(url_for("emergency_access.listing"))


def _listed(visit: Visit, given: Mapping[str, str], *, problems: Any = ()) -> str:
    rows = break_glass.questions(visit.session, visit.person)
    return render_template(
        "emergency_access.html",
        rows=[_row(each, visit.person, visit.now) for each in rows],
        asks=_holds(visit.person, ASKERS),
        dangers=DANGERS,
        findings=FINDINGS,
        given=given,
        problems=problems,
    )


def _holds(person: Actor, roles: frozenset[str]) -> bool:
    return any(grant.role in roles for grant in person.grants)


def _row(row: Any, person: Actor, now: datetime) -> Mapping[str, Any]:
    """A question as the page shows it; what is offered here the domain asks again."""
    waits = row["answer"] is None and now <= row["asked_at"] + ANSWER_WITHIN
    agreed = row["answer"] == AGREED
    took_part = person.id in (row["asked_by"], row["answered_by"])
    return {
        "id": row["id"],
        "code": row["id"][-8:].upper(),
        "danger": _(DANGERS.get(row["danger"], row["danger"])),
        "reason": row["reason"],
        "number": mask_idcard(row["idcard"]),
        "asked": row,
        "state": _state(row, now, waits=waits),
        "is_late": agreed and row["finding"] is None and now > row["review_due"],
        "may_answer": waits and not took_part and _holds(person, CONFIRMERS),
        "may_open": agreed and row["asked_by"] == person.id and now < row["open_until"],
        "may_review": agreed and row["finding"] is None and not took_part and _holds(person, REVIEWERS),
    }


def _state(row: Any, now: datetime, *, waits: bool) -> str:
    if row["answer"] is None:
        return _("等待确认") if waits else _("已超时,未确认")
    if row["answer"] != AGREED:
        return _("未同意")
    return _("可以查阅") if now < row["open_until"] else _("查阅已结束")
