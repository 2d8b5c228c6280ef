"""What anybody may file without a log-in, and how it goes: objections against a notice, reports of a child in danger.

Only an intake row is written (`cases.intake`); a worker carries it into the process within seconds. The forms are plain
ones: they work without a script, and what was typed stays typed whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import Blueprint, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from cases import intake, notices
from cases.intake import CHANNELS, Channel
from cases.parameters import parameters
from engine.commands.form_checking import checked
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from engine.store import process_version
from web import formats, forms, report_questions, taskforms
from web.answers import sent_on
from web.language import CHINESE, current_language
from web.language import translate as _
from web.problem_words import kind_of_mistake
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("filing", __name__, url_prefix="/public")

_RECEIPT = "receipt"
KEY_OF_REPORT = "report"
_OBJECTION_FIELDS = ("notice_no", "content", "objector_name", "objector_phone")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a public form says of itself."""

    title: str
    verb: str
    lead: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "objection": Words(
            title="对公示提出异议",
            verb="提交异议",
            lead="请写明可以核实的具体事实。可以匿名;姓名和电话只有核查人可以看到。证据材料可在核查人联系您时提交。",
        ),
        "report": Words(
            title="报告儿童遇险或受侵害",
            verb="提交报告",
            lead="情况紧急请先拨打110。全年24小时有人处置;您的信息保密,善意报告即使不属实也不承担责任。",
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A public form of the version in force."""

    key: str
    channel: Channel
    version_id: str
    form_key: str


def _open(visit: Visit, key: str) -> _Opened:
    version = process_version.latest(visit.session, key) if key in CHANNELS else None
    if version is None:
        raise NotFound(f"没有可以在网上提交的 {key}")
    spec = visit.env.specs.get(version.id, lambda wanted: visit.env.library.bundle(visit.session, wanted))
    if spec.start_form is None:
        raise NotFound(f"流程 {key} 没有申请表")
    return _Opened(key=key, channel=CHANNELS[key], version_id=version.id, form_key=spec.start_form)


def _report_page(visit: Visit, opened: _Opened) -> Mapping[str, Any]:
    schema = taskforms.schema_of(visit, opened.version_id, opened.key, opened.form_key, everywhere=True)
    return {
        "situations": report_questions.situations_of(schema),
        "villages": report_questions.villages_of(schema),
        "own": "",
    }


def _objection_page(visit: Visit, opened: _Opened) -> Mapping[str, Any]:  # noqa: ARG001 - as the other one
    return {}


#: What a form's template needs beside what was sent.
_PAGES: Mapping[str, Callable[[Visit, _Opened], Mapping[str, Any]]] = MappingProxyType(
    {"report": _report_page, "objection": _objection_page}
)


def _drawn(visit: Visit, opened: _Opened, sent: MultiDict[str, str], problems: Iterable[FieldProblem] = ()) -> str:
    return render_template(
        f"public_{opened.key}.html",
        key=opened.key,
        words=WORDS[opened.key],
        sent=sent,
        problems={problem.field: _told(problem) for problem in problems},
        idempotency_key=sent.get("idempotency_key") or forms.FormPage(schema={}).idempotency_key,
        **_PAGES[opened.key](visit, opened),
    )


def _told(problem: FieldProblem) -> str:
    return problem.message if current_language() == CHINESE else kind_of_mistake(problem)


@page(pages, "", access=Access.OUTSIDE)
def index(visit: Visit) -> ResponseReturnValue:
    """What the public finds here."""
    return render_template(
        "public.html",
        notices=notices.public_notices(visit.session, now=visit.now)[:5],
        words=WORDS,
        county=parameters(visit.session),
    )


@page(pages, "/file/<key>", access=Access.OUTSIDE)
def form(visit: Visit, key: str) -> ResponseReturnValue:
    """The form, empty but for what the link says."""
    sent = MultiDict({"notice_no": request.args["notice"]} if "notice" in request.args else {})
    return _drawn(visit, _open(visit, key), sent)


@page(pages, "/file/<key>", methods=("POST",), access=Access.OUTSIDE)
def submit(visit: Visit, key: str) -> ResponseReturnValue:
    """Check the form and keep it; the receipt number is shown once, on the next page. What is wrong is said beside
    what was typed."""
    opened = _open(visit, key)
    try:
        fields = _checked(visit, opened)
    except SubmissionInvalid as refused:
        return _drawn(visit, opened, request.form, refused.problems), 422
    number = intake.file(
        visit.session, opened.channel, fields, idempotency_key=f"{key}:{forms.sent_key()}", now=visit.now
    )
    session[_RECEIPT] = {"number": number, "key": key, "at": visit.now.isoformat()}
    return sent_on(url_for("filing.receipt"))


def _checked(visit: Visit, opened: _Opened) -> dict[str, Any]:
    if opened.key == KEY_OF_REPORT:
        sent = report_questions.fields_of(request.form, actor=None, now=visit.now)
    else:
        typed = {name: request.form.get(name, "").strip() for name in _OBJECTION_FIELDS}
        sent = {name: text for name, text in typed.items() if text}
    drawn = visit.env.library.form(visit.session, opened.version_id, opened.key, opened.form_key)
    fields = checked(visit.session, visit.env, drawn, {**sent, **opened.channel.preset}, case_id=None, now=visit.now)
    if opened.key == "objection":
        _require_hanging(visit, str(fields.get("notice_no") or ""))
    return fields


def _require_hanging(visit: Visit, notice_no: str) -> None:
    if not notices.hangs(visit.session, notice_no.strip(), now=visit.now):
        phone = parameters(visit.session).objection_phone
        message = f"这个编号的公示现在没有张贴:请核对公示首行的编号;公示期已满的,请通过投诉举报反映,电话 {phone}"
        raise SubmissionInvalid([FieldProblem(field="notice_no", rule="hanging", message=message)])


def _kept_receipt() -> Mapping[str, str]:
    kept: Mapping[str, str] | None = session.get(_RECEIPT)
    if kept is None:
        raise NotFound("没有回执")
    return kept


@page(pages, "/receipt", access=Access.OUTSIDE)
def receipt(visit: Visit) -> ResponseReturnValue:
    """The receipt of what this browser filed last."""
    kept = _kept_receipt()
    return render_template(
        "public_receipt.html",
        key=kept["key"],
        number=kept["number"],
        words=WORDS[kept["key"]],
        received_at=datetime.fromisoformat(kept["at"]),
        county=parameters(visit.session),
    )


@page(pages, "/receipt/file", access=Access.OUTSIDE)
def saved_receipt(visit: Visit) -> ResponseReturnValue:
    """The same as a text file to keep on the device; it says nothing of what was filed."""
    kept, county = _kept_receipt(), parameters(visit.session)
    received = formats.moment(datetime.fromisoformat(kept["at"]))
    lines = (
        _(WORDS[kept["key"]].title),
        f"{_('回执编号')} {kept['number']}",
        f"{_('收到时间')} {received}",
        f"{_('查询办理进展')} {url_for('filing.progress', _external=True)}",
        _("服务热线:{line}", line=county.hotline),
    )
    answer = make_response("\ufeff" + "\r\n".join(lines) + "\r\n")
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename={kept['number']}.txt"
    return answer


@page(pages, "/progress", access=Access.OUTSIDE)
def progress(visit: Visit) -> ResponseReturnValue:
    """Ask how a filing goes."""
    return _progress(visit, number=request.args.get("number", ""))


@page(pages, "/progress", methods=("POST",), access=Access.OUTSIDE)
def look_up(visit: Visit) -> ResponseReturnValue:
    """How a filing goes, for whoever has the receipt number and the telephone number left with it."""
    number, phone = request.form.get("number", ""), request.form.get("phone", "")
    found = intake.find(visit.session, number, phone)
    return _progress(visit, number=number, phone=phone, found=found, asked=True)


def _progress(visit: Visit, *, number: str, phone: str = "", found: Any = None, asked: bool = False) -> str:
    return render_template(
        "public_progress.html",
        number=number,
        phone=phone,
        found=found,
        asked=asked,
        county=parameters(visit.session),
    )
