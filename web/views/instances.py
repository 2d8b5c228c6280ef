"""The case's page for those who work on it: where it stands, the way it came, its letters and time limits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import documents
from cases.case_files import find_case
from cases.roles import Sight, role_name
from engine.errors import NotFound
from engine.queries.instance import InstanceView, instance
from engine.queries.open_tasks import OpenTask, open_tasks
from web import moves, pictures
from web.case_facts import case_facts, clocks, missing, papers
from web.deadlines import Due, due_of
from web.places import PlaceNames
from web.readers import may_work, note, sight
from web.routes import Access, page
from web.states import INSTANCE_LABELS
from web.transaction import Visit
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


@page(pages, "/<instance_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """The case, as far as this person sees it."""
    view = instance(visit.session, instance_id)
    seen = sight(visit, view)
    if seen == Sight.NONE:
        raise NotFound("没有这个办件")
    note(visit, view.case_id, seen, IN_AREA)
    return rendered(visit, view, seen=seen, manage=False, back=("待办", url_for("inbox.todo")))


def rendered(
    visit: Visit, view: InstanceView, *, seen: Sight, manage: bool, back: tuple[str, str]
) -> ResponseReturnValue:
    """The page of an instance; with `manage` its administrator's controls, and then no case data."""
    picture = pictures.of_instance(visit, view.id)
    keys = pictures.process_keys(picture)
    wanted = request.args.get("diagram", _liveliest(picture, keys))
    tasks = open_tasks(visit.session, view.id)
    row = find_case(visit.session, view.case_id) if view.case_id else None
    return render_template(
        "instance.html",
        case={
            "id": view.id,
            "title": view.process_title,
            "subject": "" if seen < Sight.MASKED else view.subject,
            "state": view.status,
            "state_label": INSTANCE_LABELS[view.status],
            "stage": row["status"] if row and view.status == "running" else "",
            "area": PlaceNames(visit.session)(view.place),
            "version": view.version_number,
            "started_at": view.started_at,
        },
        back={"label": back[0], "link": back[1]},
        manage=manage,
        incidents=pictures.open_incidents(visit, view.id),
        open_tasks=[_shown(visit, task) for task in tasks],
        marks=pictures.marks_around(visit, picture, wanted),
        diagrams=keys,
        diagram=wanted,
        here=request.path,
        history=pictures.history_for(visit, picture, manage=manage),
        facts=case_facts(visit, view.case_id, seen),
        wishes=[] if manage else wishes(visit, view),
        tellings={} if manage else tellings(visit, view),
        missing=missing(row) if row and seen >= Sight.SENSITIVE else (),
        papers=papers(visit, view.case_id, seen),
        clocks=list(clocks(visit, view.case_id)) if seen >= Sight.CODED else [],
        documents=documents.documents_of(visit.session, view.case_id) if view.case_id and seen >= Sight.FILE else (),
        tokens=moves.movable(visit, picture, tasks) if manage else (),
        elements=moves.targets(picture) if manage else (),
    )


def _liveliest(picture: pictures.Picture, keys: tuple[tuple[str, str], ...]) -> str:
    """The called process in which a token stands, else the process itself."""
    live = {key for key, _ in picture.view.tokens}
    called = [key for key, _ in keys if key in live and key != picture.view.process_key]
    return called[0] if called else picture.view.process_key


def _shown(visit: Visit, task: OpenTask) -> ShownTask:
    may = may_work(visit.person, task)
    return ShownTask(
        id=task.id,
        name=task.name,
        role=role_name(task.role),
        holder=task.assignee_name or "",
        due=due_of(task.due_at, task.due_derivation, calendar=visit.env.calendar, now=visit.now),
        link=url_for("tasks.show", task_id=task.id) if may else None,
    )
