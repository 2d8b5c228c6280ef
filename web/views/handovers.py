"""A task changes hands: claimed, given back, sent back, handed to a colleague."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from cases import people
from engine.commands.claim_task import claim_task
from engine.commands.delegate_task import delegate_task
from engine.commands.return_task import return_task
from engine.commands.unclaim_task import unclaim_task
from engine.errors import NotFound
from engine.queries.task import TaskView, task
from web.answers import sent_on
from web.language import translate as _
from web.loans import last_day
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("handovers", __name__, url_prefix="/tasks")


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
    chosen = chosen_colleague(visit, view)
    lend(visit, task_id, chosen, reason=request.form.get("reason", ""), until=last_day(request.form.get("until", "")))
    flash(_("已转给 {name}。", name=chosen.name))
    return sent_on(url_for("inbox.todo"))


def lend(visit: Visit, task_id: str, to: people.Person, *, reason: str, until: datetime) -> None:
    """Lend one task to a colleague until a day."""
    delegate_task(
        visit.session,
        visit.env,
        task_id,
        to_user=to.id,
        to_name=to.name,
        reason=reason,
        until=until,
        actor=visit.person,
        now=visit.now,
    )


def colleagues(visit: Visit, view: TaskView) -> tuple[people.Person, ...]:
    """Who else may do this task."""
    holders = people.holders(visit.session, role=view.role, place=view.place, department=view.department)
    return tuple(one for one in holders if one.id != visit.person.id)


def chosen_colleague(visit: Visit, view: TaskView) -> people.Person:
    """The colleague whom the page's form names.

    :raises NotFound: nobody of the task's post.
    """
    chosen = next((one for one in colleagues(visit, view) if one.id == request.form.get("to_user")), None)
    if chosen is None:
        raise NotFound("没有这位同事")
    return chosen
