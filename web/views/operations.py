"""What administrators see and do: instances, incidents, and the verbs that set a case right. No case data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.access import Permission, allowed
from engine.queries.health import health
from engine.queries.incidents import incidents as find_incidents
from engine.queries.instance import instance as find_instance
from engine.queries.instances import InstanceRow
from engine.queries.instances import instances as find_instances
from engine.queries.processes import processes
from engine.queries.stuck import stuck
from web.element_names import ElementNames
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
        {"label": "停滞", "value": len(stuck(visit.session, actor=visit.person))},
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
    view = find_instance(visit.session, visit.env, instance_id, actor=visit.person)
    manage = allowed(visit.person, Permission.INSTANCE_MANAGE)
    return rendered(visit, view, purpose=None, manage=manage, back=("运行", url_for("operations.instances")))


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
