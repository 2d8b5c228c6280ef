"""The case's page for those who work on it: where it stands, the way it came, its letters and time limits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import case_page
from cases.roles import Sight, role_name
from engine.errors import NotFound
from engine.queries.instance import InstanceView, instance
from engine.queries.open_tasks import OpenTask, open_tasks
from engine.queries.task_around import copies_of
from web import case_around, moves, pictures
from web.deadlines import Due, due_of
from web.places import PlaceNames
from web.routes import Access, page
from web.states import INSTANCE_LABELS
from web.transaction import Visit
from web.unmanned_steps import nobody_for
from web.wishes import tellings, wishes

pages = Blueprint("instances", __name__, url_prefix="/cases")

#: Why somebody opened a case without an open task of theirs, as the audit says it.
IN_AREA = "辖区查阅"


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    """An open task on the case's page."""

    id: str
    name: str
    role: str
    holder: str
    due: Due | None
    link: str | None
    can_urge: bool
    unmanned: str | None  #: nobody can do it now


@page(pages, "/<instance_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """The case, as far as this person sees it."""
    view = instance(visit.session, visit.env, instance_id, actor=visit.person)
    if view.sight == Sight.NONE:
        raise NotFound("没有这个办件")  # who runs the system has a page of its own
    return rendered(visit, view, purpose=IN_AREA, manage=False, back=("待办", url_for("inbox.todo")))


def rendered(
    visit: Visit, view: InstanceView, *, purpose: str | None, manage: bool, back: tuple[str, str]
) -> ResponseReturnValue:
    """The page of an instance, with its case where a purpose is given; with `manage` its administrator's controls."""
    picture = pictures.of_instance(visit, view.id)
    keys = pictures.process_keys(picture)
    wanted = request.args.get("diagram", _liveliest(picture, keys))
    tasks = open_tasks(visit.session, visit.env, view.id, actor=visit.person)
    nobody = nobody_for(visit, view.id)
    return render_template(
        "instance.html",
        case={
            "id": view.id,
            "title": view.process_title,
            "subject": view.subject if purpose else "",
            "state": view.status,
            "state_label": INSTANCE_LABELS[view.status],
            "stage": _stage(visit, view) if purpose else "",
            "area": PlaceNames(visit.session)(view.place),
            "version": view.version_number,
            "started_at": view.started_at,
        },
        back={"label": back[0], "link": back[1]},
        manage=manage,
        incidents=pictures.open_incidents(visit, view.id),
        open_tasks=[
            _shown(visit, task, sees=view.sight > Sight.NONE and view.status == "running", why=nobody.get(task.id))
            for task in tasks
        ],
        marks=pictures.marks_around(visit, picture, wanted),
        diagrams=keys,
        diagram=wanted,
        here=request.path,
        copies=copies_of(visit.session, visit.env, view.id, actor=visit.person) if purpose else (),
        history=pictures.history_for(visit, picture, purpose, manage=purpose is None),
        wishes=wishes(visit, view) if purpose else [],
        tellings=tellings(visit, view) if purpose else {},
        **(case_around.of_case(visit, view.case_id, purpose) if view.case_id and purpose else case_around.NO_CASE),
        tokens=moves.movable(visit, picture, tasks) if manage else (),
        elements=moves.targets(picture) if manage else (),
    )


def _stage(visit: Visit, view: InstanceView) -> str:
    running = view.case_id is not None and view.status == "running"
    return case_page.status_of(visit.session, visit.person, view.case_id or "") if running else ""


def _liveliest(picture: pictures.Picture, keys: tuple[tuple[str, str], ...]) -> str:
    """The called process in which a token stands, else the process itself."""
    live = {key for key, _ in picture.view.tokens}
    called = [key for key, _ in keys if key in live and key != picture.view.process_key]
    return called[0] if called else picture.view.process_key


def _shown(visit: Visit, task: OpenTask, *, sees: bool, why: str | None) -> ShownTask:
    return ShownTask(
        id=task.id,
        name=task.name,
        role=role_name(task.role),
        holder=task.assignee_name or "",
        due=due_of(task.due_at, task.due_derivation, calendar=visit.env.calendar, now=visit.now),
        link=url_for("tasks.show", task_id=task.id) if task.may_work else None,
        can_urge=sees and not task.may_work and why is None,
        unmanned=why,
    )
