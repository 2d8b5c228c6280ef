"""Work that somebody else does for a task's owner, and that comes back."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.entrust_task import entrust_task
from engine.commands.hand_back_task import hand_back_task
from engine.commands.take_back_task import take_back_task
from engine.queries.task import task
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.handovers import chosen_colleague

pages = Blueprint("entrusting", __name__, url_prefix="/tasks")


@page(pages, "/<task_id>/entrust", methods=("POST",), access=Access.SIGNED_IN)
def entrust(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Let a colleague do the work; it comes back to who entrusted it."""
    chosen = chosen_colleague(visit, task(visit.session, visit.person, task_id))
    entrust_task(
        visit.session,
        visit.env,
        task_id,
        to_user=chosen.id,
        to_name=chosen.name,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已委派 {name} 承办,交回后由您办结。", name=chosen.name))
    return sent_on(url_for("tasks.show", task_id=task_id))


@page(pages, "/<task_id>/hand-back", methods=("POST",), access=Access.SIGNED_IN)
def hand_back(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Hand the work back with what was saved of the form, or call it back."""
    owner = task(visit.session, visit.person, task_id).owner
    hand_back_task(
        visit.session,
        visit.env,
        task_id,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    mine = owner == visit.person.id
    flash(_("已收回,由您办理。") if mine else _("已交回委派人。"))
    return sent_on(url_for("tasks.show", task_id=task_id) if mine else url_for("inbox.todo"))


@page(pages, "/<task_id>/take-back", methods=("POST",), access=Access.SIGNED_IN)
def take_back(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Take back the step just completed."""
    anew = take_back_task(
        visit.session,
        visit.env,
        task_id,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已撤回,您填写的内容在草稿里,可以修改后重新提交。"))
    return sent_on(url_for("tasks.show", task_id=anew))
