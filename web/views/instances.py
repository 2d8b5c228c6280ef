"""The case's page for those who work on it: where it stands, the way it came, its letters and time limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import deadlines, documents, summary
from cases.case_files import find_case
from cases.materials import MATERIALS
from cases.roles import Sight, role_name
from engine.access import Actor, Permission, Target, allowed
from engine.errors import NotFound
from engine.queries.awaited import awaited
from engine.queries.incidents import incidents
from engine.queries.instance import InstanceView, instance
from engine.queries.open_tasks import OpenTask, open_tasks
from web import formats, pictures
from web.deadlines import Due, due_of
from web.forms import Fact
from web.histories import HistoryLine
from web.places import PlaceNames
from web.readers import nothing, reader
from web.routes import Access, page
from web.states import INSTANCE_LABELS
from web.transaction import Visit
from web.wishes import SUPPLEMENT, TAKE_DOWN, WITHDRAW, may_send

pages = Blueprint("instances", __name__, url_prefix="/cases")


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    """An open task on the case's page."""

    id: str
    name: str
    role: str
    holder: str
    due: Due | None
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A legal time limit of the case."""

    name: str
    due: Due | None
    met_at: datetime | None


@page(pages, "/<instance_id>", access=Access.SIGNED_IN)
def show(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """The case, as far as this person sees it."""
    view = instance(visit.session, instance_id)
    seen = sight(visit, view)
    if seen == Sight.NONE:
        raise NotFound("没有这个办件")
    return rendered(visit, view, seen=seen, manage=False, back=("待办", url_for("inbox.todo")))


def sight(visit: Visit, view: InstanceView) -> Sight:
    """How much of the case the person sees: by area, by department, as its applicant, or through an open task."""
    by_role = summary.sight_of(visit.session, visit.person, view.case_id) if view.case_id else Sight.NONE
    own = Sight.SENSITIVE if view.started_by == visit.person.id else Sight.NONE
    working = any(_may_work(visit.person, task) for task in open_tasks(visit.session, view.id))
    return max(by_role, own, Sight.FILE if working else Sight.NONE)


def _may_work(actor: Actor, task: OpenTask) -> bool:
    target = Target(role=task.role, place=task.place, department=task.department, assignee=task.assignee)
    return allowed(actor, Permission.TASK_WORK, target)


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
        incidents=_incidents(visit, view.id),
        open_tasks=[_shown(visit, task) for task in tasks],
        marks=pictures.marks_around(visit, picture, wanted),
        diagrams=keys,
        diagram=wanted,
        here=request.path,
        history=_history(visit, picture, manage=manage),
        facts=case_facts(visit, view, seen),
        wishes=[] if manage else _wishes(visit, view),
        missing=_missing(row) if row and seen >= Sight.FILE else (),
        clocks=list(_clocks(visit, view)) if seen >= Sight.CODED else [],
        documents=documents.documents_of(visit.session, view.case_id) if view.case_id and seen >= Sight.FILE else (),
        tokens=_movable(picture, tasks) if manage else (),
        elements=_targets(picture) if manage else (),
    )


def _history(visit: Visit, picture: pictures.Picture, *, manage: bool) -> tuple[HistoryLine, ...]:
    """The history; an administrator reads no forms and does not learn who applied."""
    if not manage:
        return pictures.history(visit, picture, reader(visit, picture.view))
    applicant = next((row.actor_name for row in picture.rows if row.kind == "start"), "")
    found = pictures.history(visit, picture, nothing)
    return tuple(
        replace(line, who="发起人") if applicant and line.who.startswith(applicant) else line for line in found
    )


def _wishes(visit: Visit, view: InstanceView) -> list[str]:
    """The messages that the person may send now."""
    names = awaited(visit.session, view.id) if view.status == "running" else frozenset()
    return [name for name in (SUPPLEMENT, WITHDRAW, TAKE_DOWN) if name in names and may_send(visit.person, view, name)]


def _missing(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The papers that the applicant was asked for."""
    return tuple(MATERIALS.get(code, code) for code in row["facts"].get("missing_materials", ()))


def _liveliest(picture: pictures.Picture, keys: tuple[tuple[str, str], ...]) -> str:
    """The called process in which a token stands, else the process itself."""
    live = {key for key, _ in picture.view.tokens}
    called = [key for key, _ in keys if key in live and key != picture.view.process_key]
    return called[0] if called else picture.view.process_key


def case_facts(visit: Visit, view: InstanceView, seen: Sight) -> tuple[Fact, ...]:
    """The file's summary in words."""
    if not view.case_id or seen == Sight.NONE:
        return ()
    found = summary.summary(visit.session, visit.person, view.case_id, at_least=seen)
    return tuple(Fact(label=line.label, value=in_words(line.value)) for line in found)


def in_words(value: str | date | datetime) -> str:
    """A fact's value as a page writes it."""
    if isinstance(value, datetime):
        return formats.moment(value)
    return formats.day(value) if isinstance(value, date) else value


def _shown(visit: Visit, task: OpenTask) -> ShownTask:
    may = _may_work(visit.person, task)
    return ShownTask(
        id=task.id,
        name=task.name,
        role=role_name(task.role),
        holder=task.assignee_name or "",
        due=due_of(task.due_at, task.due_derivation, calendar=visit.env.calendar, now=visit.now),
        link=url_for("tasks.show", task_id=task.id) if may else None,
    )


def _clocks(visit: Visit, view: InstanceView) -> Iterator[Clock]:
    if view.case_id is None:
        return
    for row in deadlines.deadlines_of(visit.session, view.case_id):
        yield Clock(
            name=deadlines.DEADLINE_NAMES.get(row["code"], row["code"]),
            due=due_of(row["due_at"], row["derivation"], calendar=visit.env.calendar, now=visit.now),
            met_at=row["met_at"],
        )


def _incidents(visit: Visit, instance_id: str) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "element": row.element_name or row.element_id or "",
            "message": row.message,
            "at": row.opened_at,
        }
        for row in incidents(visit.session, instance_id=instance_id)
    ]


def _movable(picture: pictures.Picture, tasks: tuple[OpenTask, ...]) -> list[dict[str, str]]:
    return [{"id": task.id, "name": picture.names(task.element_id)} for task in tasks]


def _targets(picture: pictures.Picture) -> list[dict[str, str]]:
    """The named steps of every process of the instance; the command refuses what lies in another scope."""
    return [
        {"id": node.id, "name": node.name}
        for bundle in picture.bundle.closure()
        for process in bundle.diagram.processes
        for node in process.nodes
        if node.name and node.kind in ("userTask", "serviceTask", "businessRuleTask", "scriptTask", "callActivity")
    ]
