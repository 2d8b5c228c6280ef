"""A user task: its form, and what a person may do with it besides filling it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import files, people
from cases.roles import Sight
from cases.summary import summary
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.delegate_task import delegate_task
from engine.commands.return_task import return_task
from engine.commands.unclaim_task import unclaim_task
from engine.errors import NotAllowed, NotFound
from engine.queries.submissions import submissions
from engine.queries.task import TaskView, task
from web import forms, pictures, taskforms
from web.answers import sent_on
from web.deadlines import Due, due_of
from web.language import translate as _
from web.places import PlaceNames
from web.readers import reader
from web.routes import Access, page
from web.transaction import Visit
from web.views.instances import in_words

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
    is_open: bool
    state: str
    state_label: str
    holder: str
    can_claim: bool
    can_unclaim: bool


@page(pages, "/<task_id>", access=Access.SIGNED_IN)
def show(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The task with its form, the file's summary, the history and the diagram."""
    view = task(visit.session, visit.person, task_id)
    shown = _shown(visit, view)
    picture = pictures.of_instance(visit, view.instance_id)
    return render_template(
        "task.html",
        task=shown,
        form=_form(visit, view, readonly=not shown.is_open),
        facts=_facts(visit, view),
        history=pictures.history(visit, picture, reader(visit, picture.view))[:12],
        marks=pictures.marks_around(visit, picture, view.element_process),
        returns=pictures.places_to_return_to(picture, view) if shown.is_open else (),
        colleagues=_colleagues(visit, view) if shown.is_open else (),
    )


@page(pages, "/<task_id>/complete", methods=("POST",), access=Access.SIGNED_IN)
def complete(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Submit the form. A refusal reaches the page that is still open, with everything typed in it."""
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


@page(pages, "/<task_id>/claim", methods=("POST",), access=Access.SIGNED_IN)
def claim(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Take the task."""
    claim_task(visit.session, task_id, actor=visit.person, now=visit.now)
    flash(_("已领取,由您办理。"))
    return sent_on(url_for("tasks.show", task_id=task_id))


@page(pages, "/<task_id>/unclaim", methods=("POST",), access=Access.SIGNED_IN)
def unclaim(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Give the task back."""
    unclaim_task(visit.session, task_id, actor=visit.person, now=visit.now)
    flash(_("已退领,同岗位的同事可以领取。"))
    return sent_on(url_for("inbox.todo"))


@page(pages, "/<task_id>/return", methods=("POST",), access=Access.SIGNED_IN)
def send_back(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Send the case back to a step that was done before."""
    return_task(
        visit.session,
        visit.env,
        task_id,
        to_element=request.form.get("to_element", ""),
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已退回。"))
    return sent_on(url_for("inbox.todo"))


@page(pages, "/<task_id>/delegate", methods=("POST",), access=Access.SIGNED_IN)
def delegate(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Hand the task to a colleague of the same post."""
    view = task(visit.session, visit.person, task_id)
    chosen = next((one for one in _colleagues(visit, view) if one.id == request.form.get("to_user")), None)
    if chosen is None:
        raise NotFound("没有这位同事")
    delegate_task(
        visit.session,
        task_id,
        to_user=chosen.id,
        to_name=chosen.name,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已转给 {name}。", name=chosen.name))
    return sent_on(url_for("inbox.todo"))


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
        is_open=is_open and (mine or view.assignee is None),
        state="running" if is_open else "done",
        state_label=label,
        holder=view.closed_by_name or ("" if mine else view.assignee_name or ""),
        can_claim=is_open and view.assignee is None,
        can_unclaim=is_open and mine,
    )


def _form(visit: Visit, view: TaskView, *, readonly: bool) -> forms.FormPage:
    schema = taskforms.schema_of(visit, view.version_id, view.element_process, view.form)
    known = {**_case_names(visit, view), "department": view.department, "place": view.place}
    names = {name: known[name] for name in taskforms.names_in(schema) if name in known}
    fields = _submitted(visit, view) if readonly else {}
    return forms.FormPage(
        schema=schema,
        data={**names, **fields},
        files=files.names_of(visit.session, forms.file_ids(schema, fields)),
        readonly=readonly,
    )


def _case_names(visit: Visit, view: TaskView) -> Mapping[str, Any]:
    return visit.env.domain.facts(visit.session, view.case_id, visit.now) if view.case_id else {}


def _submitted(visit: Visit, view: TaskView) -> Mapping[str, Any]:
    return next((row.fields for row in submissions(visit.session, view.instance_id) if row.task_id == view.id), {})


def _facts(visit: Visit, view: TaskView) -> tuple[forms.Fact, ...]:
    """Whoever may do a task sees the file that the task is about."""
    found = summary(visit.session, visit.person, view.case_id, at_least=Sight.FILE) if view.case_id else ()
    return tuple(forms.Fact(label=line.label, value=in_words(line.value)) for line in found)


def _colleagues(visit: Visit, view: TaskView) -> tuple[people.Person, ...]:
    holders = people.holders(visit.session, role=view.role, place=view.place, department=view.department)
    return tuple(one for one in holders if one.id != visit.person.id)
