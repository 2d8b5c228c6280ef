"""Reporting a child in danger 强制报告: five questions on a phone, a receipt, and nothing in between.

The whole form stands under “办理” for whoever has the time; what is missing here is asked by whoever takes the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from cases import report_receipt
from engine.commands.form_checking import checked
from engine.commands.start_process import start_process
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from web import forms, report_questions, taskforms
from web.answers import sent_on
from web.problem_words import problem_in_words
from web.routes import Access, page
from web.startable import choice_of
from web.transaction import Visit

pages = Blueprint("reporting", __name__, url_prefix="/report")

KEY = "report"


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """The report's form of the version in force."""

    version_id: str
    form_key: str
    schema: dict[str, Any]


def _open(visit: Visit) -> _Opened:
    choice = choice_of(visit, KEY)
    spec = visit.env.specs.get(choice.version_id, lambda wanted: visit.env.library.bundle(visit.session, wanted))
    if spec.start_form is None:
        raise NotFound("强制报告没有报告表")
    schema = taskforms.schema_of(visit, choice.version_id, KEY, spec.start_form, everywhere=True)
    return _Opened(version_id=choice.version_id, form_key=spec.start_form, schema=schema)


@page(pages, "", access=Access.SIGNED_IN)
def ask(visit: Visit) -> ResponseReturnValue:
    """The five questions, for whoever may report."""
    return _drawn(visit, _open(visit), MultiDict(), ())


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def send(visit: Visit) -> ResponseReturnValue:
    """Take the report: open its case at once. What is wrong is said beside what was typed."""
    opened = _open(visit)
    fields = report_questions.fields_of(request.form, actor=visit.person, now=visit.now)
    drawn = visit.env.library.form(visit.session, opened.version_id, KEY, opened.form_key)
    try:
        checked(visit.session, visit.env, drawn, fields, case_id=None, now=visit.now)
    except SubmissionInvalid as refused:
        return _drawn(visit, opened, request.form, refused.problems), 422
    started = start_process(
        visit.session,
        visit.env,
        KEY,
        fields=fields,
        actor=visit.person,
        now=visit.now,
        idempotency_key=forms.sent_key(),
        place=max((grant.place for grant in visit.person.grants), key=len, default=None),
    )
    return sent_on(url_for("reporting.receipt", instance_id=started.instance_id))


def _drawn(
    visit: Visit, opened: _Opened, sent: MultiDict[str, str], problems: tuple[FieldProblem, ...] | list[FieldProblem]
) -> str:
    villages = report_questions.villages_of(opened.schema)
    near = [each for each in villages if any(each["value"].startswith(grant.place) for grant in visit.person.grants)]
    return render_template(
        "report.html",
        situations=report_questions.situations_of(opened.schema),
        villages=villages,
        own=near[0]["value"] if len(near) == 1 else "",
        sent=sent,
        problems={problem.field: problem_in_words(problem) for problem in problems},
        idempotency_key=sent.get("idempotency_key") or forms.FormPage(schema={}).idempotency_key,
        now=visit.now,
    )


@page(pages, "/<instance_id>", access=Access.SIGNED_IN)
def receipt(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """The receipt of a report that this person made."""
    found = report_receipt.receipt_of(visit.session, visit.person, instance_id)
    return render_template("report_receipt.html", receipt=found)
