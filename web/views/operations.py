"""What administrators see and do: instances, incidents, and the verbs that set a case right. No case data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.roles import Sight
from engine.access import Permission, allowed
from engine.commands.cancel_instance import cancel_instance
from engine.commands.move_token import move_token
from engine.commands.resume_instance import resume_instance
from engine.commands.retry_incident import retry_incident
from engine.commands.suspend_instance import suspend_instance
from engine.queries.health import health
from engine.queries.incidents import incidents as find_incidents
from engine.queries.instance import instance as find_instance
from engine.queries.instances import InstanceRow
from engine.queries.instances import instances as find_instances
from engine.queries.processes import processes
from engine.queries.stuck import stuck
from web.answers import sent_on
from web.element_names import ElementNames
from web.language import translate as _
from web.routes import page
from web.states import INSTANCE_LABELS
from web.titles import Titles
from web.transaction import Visit
from web.views.instances import rendered

pages = Blueprint("operations", __name__, url_prefix="/admin")


def code_of(instance_id: str) -> str:
    """How an administrator names a case: the end of its number."""
    return instance_id[-8:].upper()


@page(pages, "/instances", access=Permission.INSTANCE_SEE)
def instances(visit: Visit) -> ResponseReturnValue:
    """All instances, with filters and the figures of the moment."""
    status, key = request.args.get("status") or None, request.args.get("key") or None
    found = find_instances(
        visit.session, status=status, key=key, after=request.args.get("after") or None, actor=visit.person
    )
    titles = Titles(visit.session)
    return render_template(
        "operations.html",
        figures=_figures(visit),
        statuses=list(INSTANCE_LABELS.items()),
        status=status or "",
        key=key or "",
        processes=processes(visit.session),
        rows=[_row(visit, row, titles) for row in found.rows],
        next=found.next,
    )


def _figures(visit: Visit) -> list[dict[str, Any]]:
    now = health(visit.session, visit.now)
    return [
        {"label": "运行中", "value": now.running},
        {"label": "已暂停", "value": now.suspended},
        {"label": "逾期事项", "value": now.overdue_tasks},
        {"label": "故障", "value": now.open_incidents},
        {"label": "停滞", "value": len(stuck(visit.session))},
    ]


def _row(visit: Visit, row: InstanceRow, titles: Titles) -> dict[str, Any]:
    names = ElementNames(visit.env.library.bundle(visit.session, row.version_id))
    where = dict.fromkeys(names(element) for _key, element in row.tokens)
    return {
        "id": row.id,
        "code": code_of(row.id),
        "title": titles(row.process_key),
        "where": "、".join(where),
        "started_at": row.started_at,
        "state": row.status,
        "state_label": INSTANCE_LABELS[row.status],
        "incidents": row.incidents,
    }


@page(pages, "/instances/<instance_id>", access=Permission.INSTANCE_SEE)
def instance(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """One instance with its controls, without case data."""
    view = find_instance(visit.session, instance_id)
    manage = allowed(visit.person, Permission.INSTANCE_MANAGE)
    return rendered(visit, view, seen=Sight.NONE, manage=manage, back=("运行", url_for("operations.instances")))


@page(pages, "/incidents", access=Permission.INSTANCE_SEE)
def incidents(visit: Visit) -> ResponseReturnValue:
    """Open incidents with their cause."""
    titles = Titles(visit.session)
    rows = [
        {
            "id": row.id,
            "message": row.message,
            "element": row.element_name or row.element_id or "",
            "process": titles(row.process_key),
            "at": row.opened_at,
            "instance_id": row.instance_id,
            "code": code_of(row.instance_id) if row.instance_id else "",
        }
        for row in find_incidents(visit.session, actor=visit.person)
    ]
    manage = allowed(visit.person, Permission.INSTANCE_MANAGE)
    return render_template("incidents.html", rows=rows, manage=manage)


@page(pages, "/incidents/<incident_id>/retry", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def retry(visit: Visit, incident_id: str) -> ResponseReturnValue:
    """Try the failed step again."""
    retry_incident(visit.session, visit.env, incident_id, actor=visit.person, now=visit.now)
    flash(_("已重试。"))
    return sent_on(url_for("operations.incidents"))


@page(pages, "/instances/<instance_id>/suspend", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def suspend(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Stop the case for a while."""
    suspend_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已暂停。"))


@page(pages, "/instances/<instance_id>/resume", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def resume(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Let the case go on."""
    resume_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已恢复。"))


@page(pages, "/instances/<instance_id>/cancel", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def cancel(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """End the case by hand."""
    cancel_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已撤销。"))


@page(pages, "/instances/<instance_id>/move", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def move(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Move a token to another step."""
    move_token(
        visit.session,
        visit.env,
        instance_id,
        token_id=request.form.get("token_id", ""),
        to_element=request.form.get("to_element", ""),
        reason=_reason(),
        actor=visit.person,
        now=visit.now,
    )
    return _done(instance_id, _("令牌已移动。"))


def _reason() -> str:
    return request.form.get("reason", "")


def _done(instance_id: str, message: str) -> ResponseReturnValue:
    flash(message)
    return sent_on(url_for("operations.instance", instance_id=instance_id))
