"""A task is made known: copied, pressed for, talked about."""

from __future__ import annotations

import re

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from cases.readers import reader_of_case, readers_of
from cases.roles import Sight
from engine.access import Actor
from engine.commands.copy_task import copy_task
from engine.commands.read_copy import read_copy
from engine.commands.remark_on_task import remark_on_task
from engine.commands.urge_task import urge_task
from engine.errors import FieldProblem, SubmissionInvalid
from engine.queries.task import task
from engine.queries.task_around import instance_of
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("telling", __name__, url_prefix="/tasks")


@page(pages, "/<task_id>/copy", methods=("POST",), access=Access.SIGNED_IN)
def copy(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Copy the task to people who see the case."""
    view = task(visit.session, visit.person, task_id)
    wanted = list(dict.fromkeys(request.form.getlist("person")))
    if not wanted:
        raise SubmissionInvalid([FieldProblem(field="person", rule="required", message="请选择抄送给谁")])
    for person_id in wanted:
        recipient = reader_of_case(visit.session, visit.person, view.case_id or "", person_id, at_least=Sight.CODED)
        copy_task(
            visit.session,
            visit.env,
            task_id,
            recipient=recipient,
            note=request.form.get("note", ""),
            actor=visit.person,
            now=visit.now,
        )
    flash(_("已抄送 {count} 人。", count=len(wanted)))
    return sent_on(url_for("tasks.show", task_id=task_id))


@page(pages, "/<task_id>/copy/read", methods=("POST",), access=Access.SIGNED_IN)
def read(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The recipient has read the copy."""
    read_copy(visit.session, task_id, actor=visit.person, now=visit.now)
    flash(_("已标为已阅。"))
    return sent_on(url_for("instances.show", instance_id=_instance(visit, task_id)))


@page(pages, "/<task_id>/urge", methods=("POST",), access=Access.SIGNED_IN)
def urge(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Press for the task."""
    urge_task(visit.session, visit.env, task_id, note=request.form.get("note", ""), actor=visit.person, now=visit.now)
    flash(_("已催办,办理人会收到消息。"))
    return sent_on(url_for("instances.show", instance_id=_instance(visit, task_id)))


@page(pages, "/<task_id>/remarks", methods=("POST",), access=Access.SIGNED_IN)
def remark(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Leave a remark; who is named after an @ gets a message."""
    view = task(visit.session, visit.person, task_id)
    body = request.form.get("body", "")
    remark_on_task(
        visit.session,
        visit.env,
        task_id,
        body=body,
        named=_named(visit, view.case_id or "", body),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("留言已保存。"))
    return sent_on(url_for("tasks.show", task_id=task_id) + "#remarks")


def _named(visit: Visit, case_id: str, body: str) -> tuple[Actor, ...]:
    """The people whose names stand after an @.

    :raises SubmissionInvalid: nobody of this name sees the case's file, or several do.
    """
    if "@" not in body:
        return ()
    readers = readers_of(visit.session, visit.person, case_id, at_least=Sight.FILE)
    found: dict[str, Actor] = {}
    for after in re.findall(r"@([^@]+)", body):
        fitting = [one for one in readers if after.startswith(one.actor.name)]
        longest = max((len(one.actor.name) for one in fitting), default=0)
        people = [one for one in fitting if len(one.actor.name) == longest]
        exact = [one for one in people if after.startswith(f"{one.actor.name}({one.unit})")] or people
        if len(exact) != 1:
            said = after.split()[0][:20] if after.split() else ""
            why = "有多位同名,请从列表中选择" if exact else "不在可查阅此办件的人员中,请从列表中选择"
            raise SubmissionInvalid([FieldProblem(field="body", rule="named", message=f"@{said}:{why}")])
        found[exact[0].actor.id] = exact[0].actor
    return tuple(found.values())


def _instance(visit: Visit, task_id: str) -> str:
    return instance_of(visit.session, visit.env, task_id, actor=visit.person)
