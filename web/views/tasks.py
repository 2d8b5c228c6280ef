"""A user task: its form, what may be done with it, and the case beside it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.complete_task import complete_task
from engine.commands.note_opened import note_opened
from engine.errors import NotAllowed, NotFound
from engine.queries.task import TaskView, task
from engine.queries.task_around import instance_of
from web import forms
from web.answers import sent_on
from web.deadlines import Due, due_of
from web.language import translate as _
from web.places import PlaceNames
from web.routes import Access, page
from web.task_actions import actions_of
from web.task_draft import form_with_draft, left_over
from web.task_side import around
from web.taskforms import require_visits_unchanged
from web.transaction import Visit

pages = Blueprint("tasks", __name__, url_prefix="/tasks")


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    """A task as its page shows it."""

    id: str
    instance_id: str
    name: str
    subject: str
    area: str
    due: Due | None
    state: str
    state_label: str
    holder: str
    owner: str
    in_stead_of: str
    has_case: bool


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
        task=_shown(visit, view),
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


def _shown(visit: Visit, view: TaskView) -> ShownTask:
    is_open = view.status == "open"
    mine = view.assignee == visit.person.id
    label = {"open": "已领取" if view.assignee else "待领取", "done": "已办", "withdrawn": "已收回"}[view.status]
    return ShownTask(
        id=view.id,
        instance_id=view.instance_id,
        name=view.name,
        subject=view.subject,
        area=PlaceNames(visit.session)(view.place),
        due=due_of(view.due_at, view.due_derivation, calendar=visit.env.calendar, now=visit.now) if is_open else None,
        state="running" if is_open else "done",
        state_label=label,
        holder=view.closed_by_name or ("" if mine else view.assignee_name or ""),
        owner=view.owner_name or "",
        in_stead_of=view.for_person_name or "",
        has_case=view.case_id is not None,
    )
