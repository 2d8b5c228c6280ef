"""Opinions that a step waits for: asked for, dropped, given."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from cases.readers import reader_of_case
from cases.roles import Sight
from engine.commands.add_cosigner import add_cosigner
from engine.commands.remove_cosigner import remove_cosigner
from engine.commands.sign_task import sign_task
from engine.errors import FieldProblem, SubmissionInvalid
from engine.queries.task import task
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("cosigning", __name__, url_prefix="/tasks")


@page(pages, "/to-sign", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """What waits for the person's opinion is a tab of the inbox."""
    return sent_on(url_for("inbox.to_sign"))


@page(pages, "/<task_id>/cosigners", methods=("POST",), access=Access.SIGNED_IN)
def add(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Ask somebody for an opinion."""
    view = task(visit.session, visit.person, task_id)
    wanted = request.form.get("person", "")
    cosigner = reader_of_case(visit.session, visit.person, view.case_id or "", wanted, at_least=Sight.FILE)
    add_cosigner(
        visit.session,
        visit.env,
        task_id,
        cosigner=cosigner,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已请 {name} 会签,意见收齐后才能办结。", name=cosigner.name))
    return sent_on(url_for("tasks.show", task_id=task_id))


@page(pages, "/<task_id>/cosigners/remove", methods=("POST",), access=Access.SIGNED_IN)
def remove(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Do without an opinion."""
    remove_cosigner(
        visit.session,
        visit.env,
        task_id,
        signature_id=request.form.get("signature", ""),
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已减签。"))
    return sent_on(url_for("tasks.show", task_id=task_id))


@page(pages, "/<task_id>/sign", methods=("POST",), access=Access.SIGNED_IN)
def sign(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Give one's opinion."""
    agrees = request.form.get("agrees")
    if agrees not in ("yes", "no"):
        raise SubmissionInvalid([FieldProblem(field="agrees", rule="required", message="请选择同意或不同意")])
    sign_task(
        visit.session,
        visit.env,
        task_id,
        agrees=agrees == "yes",
        opinion=request.form.get("opinion", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("会签意见已签署。"))
    return sent_on(url_for("tasks.show", task_id=task_id))
