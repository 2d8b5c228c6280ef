"""What anybody may file without a log-in, and how it goes: objections against a notice, reports of a child in danger.

Only an intake row is written (`cases.intake`); a worker carries it into the process within seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cases import intake, notices
from cases.handlers.publish_notice import OBJECTION_PHONE
from cases.intake import CHANNELS, Channel
from engine.commands.form_checking import checked
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from engine.store import process_version
from web import forms, taskforms
from web.answers import sent_on
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("filing", __name__, url_prefix="/public")

#: Files are handed in later, to whoever handles the case: nobody without a log-in stores files here.
_LEFT_OUT = frozenset({"filepicker"})
_RECEIPT = "receipt_no"
KEY_OF_REPORT = "report"


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

    channel: Channel
    words: Words
    version_id: str
    form_key: str


def _open(visit: Visit, key: str) -> _Opened:
    version = process_version.latest(visit.session, key) if key in CHANNELS else None
    if version is None:
        raise NotFound(f"没有可以在网上提交的 {key}")
    spec = visit.env.specs.get(version.id, lambda wanted: visit.env.library.bundle(visit.session, wanted))
    if spec.start_form is None:
        raise NotFound(f"流程 {key} 没有申请表")
    return _Opened(channel=CHANNELS[key], words=WORDS[key], version_id=version.id, form_key=spec.start_form)


def _schema(visit: Visit, opened: _Opened) -> dict[str, Any]:
    key = opened.channel.process_key
    schema = taskforms.schema_of(visit, opened.version_id, key, opened.form_key, everywhere=True)
    preset = opened.channel.preset
    schema["components"] = [
        component
        for component in schema["components"]
        if component.get("type") not in _LEFT_OUT and component.get("key") not in preset
    ]
    return schema


@page(pages, "", access=Access.OUTSIDE)
def index(visit: Visit) -> ResponseReturnValue:
    """What the public finds here."""
    return render_template("public.html", notices=notices.public_notices(visit.session, now=visit.now)[:5], words=WORDS)


@page(pages, "/file/<key>", access=Access.OUTSIDE)
def form(visit: Visit, key: str) -> ResponseReturnValue:
    """The form, empty but for what the link says."""
    opened = _open(visit, key)
    data = {"notice_no": request.args["notice"]} if "notice" in request.args else {}
    shown = forms.FormPage(schema=_schema(visit, opened), data=data)
    return render_template("public_form.html", key=key, words=opened.words, form=shown)


@page(pages, "/file/<key>", methods=("POST",), access=Access.OUTSIDE)
def submit(visit: Visit, key: str) -> ResponseReturnValue:
    """Check the form and keep it; the receipt number is shown once, on the next page."""
    opened = _open(visit, key)
    sent = {name: value for name, value in forms.sent_fields().items() if name not in opened.channel.preset}
    drawn = visit.env.library.form(visit.session, opened.version_id, key, opened.form_key)
    fields = checked(visit.session, visit.env, drawn, {**sent, **opened.channel.preset}, case_id=None, now=visit.now)
    if key == "objection":
        _require_hanging(visit, str(fields.get("notice_no") or ""))
    number = intake.file(
        visit.session, opened.channel, fields, idempotency_key=f"{key}:{forms.sent_key()}", now=visit.now
    )
    session[_RECEIPT] = number
    return sent_on(url_for("filing.receipt"))


def _require_hanging(visit: Visit, notice_no: str) -> None:
    if notices.find_public_notice(visit.session, notice_no.strip(), now=visit.now) is None:
        message = (
            f"这个编号的公示现在没有张贴:请核对公示首行的编号;公示期已满的,请通过投诉举报反映,电话 {OBJECTION_PHONE}"
        )
        raise SubmissionInvalid([FieldProblem(field="notice_no", rule="hanging", message=message)])


@page(pages, "/receipt", access=Access.OUTSIDE)
def receipt(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """The receipt of what this browser filed last."""
    number = session.get(_RECEIPT)
    if number is None:
        raise NotFound("没有回执")
    return render_template("public_receipt.html", number=number)


@page(pages, "/progress", access=Access.OUTSIDE)
def progress(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """Ask how a filing goes."""
    return render_template("public_progress.html", found=None, asked=False, number=request.args.get("number", ""))


@page(pages, "/progress", methods=("POST",), access=Access.OUTSIDE)
def look_up(visit: Visit) -> ResponseReturnValue:
    """How a filing goes, for whoever has the receipt number and the telephone number left with it."""
    number, phone = request.form.get("number", ""), request.form.get("phone", "")
    found = intake.find(visit.session, number, phone)
    return render_template("public_progress.html", found=found, asked=True, number=number)
