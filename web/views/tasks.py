"""A user task: its form, what may be done with it, and the case beside it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.complete_task import complete_task
from engine.commands.note_opened import note_opened
from engine.errors import NotAllowed, NotFound
from engine.queries.task import task
from engine.queries.task_around import instance_of
from web import forms
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.shown_task import shown_task
from web.task_actions import actions_of
from web.task_draft import form_with_draft, left_over
from web.task_side import around
from web.taskforms import require_visits_unchanged
from web.transaction import Visit

pages = Blueprint("tasks", __name__, url_prefix="/tasks")


@page(pages, "/<task_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The task with its form and the case beside it. Who sees the case and does not do the task is shown the case."""
    try:
        view = task(visit.session, visit.person, task_id)
    except NotAllowed as refused:
        try:
            instance_id = instance_of(visit.session, visit.env, task_id, actor=visit.person)
        except NotFound:
            raise refused from None
        return sent_on(url_for("instances.show", instance_id=instance_id))
    if view.may_work:
        note_opened(visit.session, task_id, actor=visit.person, now=visit.now)
    may = actions_of(visit, view)
    fills_in = may.complete or may.hand_back
    form = form_with_draft(visit, view, fills_in=fills_in, address=url_for("drafts.save", task_id=task_id))
    since, mine = ("", ()) if view.status == "open" else left_over(visit, view, form)
    return render_template(
        "task.html",
        task=shown_task(visit, view),
        form=form,
        may=may,
        fills_in=fills_in,
        left_over=mine,
        left_over_since=since,
        scanned=request.args.get("paper") == "signed",
        **around(visit, view, may),
    )


@page(pages, "/<task_id>/complete", methods=("POST",), access=Access.SIGNED_IN)
def complete(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Submit the form. A refusal reaches the page that is still open, with everything typed in it."""
    if "visits" in request.form:
        require_visits_unchanged(visit, task_id, request.form["visits"])
    done = complete_task(
        visit.session,
        visit.env,
        task_id,
        fields=forms.sent_fields(),
        actor=visit.person,
        now=visit.now,
        idempotency_key=forms.sent_key(),
    )
    flash(_("已提交。"))
    mine = next((one for one in done.opened_task_ids if _is_mine(visit, one)), None)
    return sent_on(url_for("tasks.show", task_id=mine) if mine else url_for("inbox.todo"))


def _is_mine(visit: Visit, task_id: str) -> bool:
    try:
        view = task(visit.session, visit.person, task_id)
    except (NotFound, NotAllowed):
        return False
    return view.assignee in (None, visit.person.id)
