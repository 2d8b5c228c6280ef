"""A user task: its form, and what a person may do with it besides filling it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import paper_page
from engine.commands.complete_task import complete_task
from engine.errors import NotAllowed, NotFound
from engine.queries.task import TaskView, task
from web import child_head, forms, pictures
from web.answers import sent_on
from web.case_facts import case_facts, likenesses, money, papers
from web.deadlines import Due, due_of
from web.language import translate as _
from web.loans import loan_days
from web.places import PlaceNames
from web.routes import Access, page
from web.taskforms import require_visits_unchanged, task_form, visits_stamp
from web.transaction import Visit
from web.views.handovers import colleagues
from web.views.papers import takes_sealed

#: Where an officer decides whether the application is a second one of the same child.
COMPARED_AT = frozenset({"b_ut_formal_check", "b_ut_formal_check_again"})

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


@page(pages, "/<task_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The task with its form, the file's summary, the history and the diagram."""
    view = task(visit.session, visit.person, task_id)
    shown = _shown(visit, view)
    return render_template(
        "task.html",
        task=shown,
        form=task_form(visit, view, readonly=not shown.is_open),
        colleagues=colleagues(visit, view) if shown.is_open else (),
        seals=shown.is_open and takes_sealed(visit, view),
        visits=visits_stamp(visit, view) if shown.is_open else None,
        scanned=request.args.get("paper") == "signed",
        **loan_days(visit.now),
        **_around(visit, view, can_return=shown.is_open),
    )


def _around(visit: Visit, view: TaskView, *, can_return: bool) -> Mapping[str, Any]:
    """The case beside the form. Whoever did the task once may look at the own form for ever, at the case no longer than
    it is seen."""
    try:
        picture = pictures.of_instance(visit, view.instance_id)
    except NotFound:
        return {
            "child_head": None,
            "facts": (),
            "papers": (),
            "history": (),
            "marks": None,
            "returns": (),
            "money": None,
            "alike": (),
            "paper_list": None,
        }
    return {
        "child_head": child_head.of_case(visit, view.case_id),
        "facts": case_facts(visit, view.case_id, view.name),
        "papers": papers(visit, view.case_id, view.name),
        "money": money(visit, view.case_id, view.name),
        "paper_list": paper_page.papers_of_case(
            visit.session, visit.person, view.case_id, purpose=view.name, now=visit.now
        ),
        "paper_case": view.case_id,
        "alike": likenesses(visit, view.case_id, view.name) if can_return and view.element_id in COMPARED_AT else (),
        "history": pictures.history(visit, picture, view.name)[:12],
        "marks": pictures.marks_around(visit, picture, view.element_process),
        "returns": pictures.places_to_return_to(picture, view) if can_return else (),
    }


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
        is_open=is_open and (mine or view.assignee is None),
        state="running" if is_open else "done",
        state_label=label,
        holder=view.closed_by_name or ("" if mine else view.assignee_name or ""),
        can_claim=is_open and view.assignee is None,
        can_unclaim=is_open and mine,
    )
