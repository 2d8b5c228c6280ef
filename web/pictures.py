"""An instance as its pages show it: diagram with tokens, history, places to go back to."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from cases import files
from engine.access import Sight
from engine.definitions.bundle import Bundle
from engine.queries.incidents import incidents_of
from engine.queries.instance import InstanceView, instance
from engine.queries.submissions import SubmissionRow, submissions
from engine.queries.task import TaskView
from engine.queries.timeline import TimelineRow, timeline
from web import diagrams
from web.element_names import ElementNames
from web.forms import Fact, file_ids, shown_fields
from web.histories import HistoryLine, lines
from web.language import translate
from web.transaction import Visit

#: The kind of a case that a report 强制报告 opened (`process.toml`).
REPORT = "report"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An instance and what it takes to draw it."""

    view: InstanceView
    bundle: Bundle
    names: ElementNames
    rows: tuple[TimelineRow, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A step that somebody completed, to which a case can be sent back."""

    element_id: str
    name: str
    by: str


def of_instance(visit: Visit, instance_id: str) -> Picture:
    """Read the instance.

    :raises NotFound: there is no such instance for this person.
    """
    view = instance(visit.session, visit.env, instance_id, actor=visit.person)
    rows = _without_reporter(visit, view, timeline(visit.session, visit.env, instance_id, actor=visit.person))
    bundle = visit.env.library.bundle(visit.session, view.version_id)
    return Picture(view=view, bundle=bundle, names=ElementNames(bundle), rows=rows)


def _without_reporter(visit: Visit, view: InstanceView, rows: tuple[TimelineRow, ...]) -> tuple[TimelineRow, ...]:
    """Who reported a child in danger is kept secret (未保法11): an open task shows the case, not its reporter."""
    if view.case_kind != REPORT or view.sight >= Sight.SENSITIVE or view.started_by == visit.person.id:
        return rows
    return tuple(
        replace(row, actor_id="", actor_name=translate("报告人"), actor_unit="")
        if row.actor_id == view.started_by
        else row
        for row in rows
    )


def history(visit: Visit, picture: Picture, purpose: str | None) -> tuple[HistoryLine, ...]:
    """The history, the latest first, with the forms that the person may read; without any where no purpose is given."""
    found = (
        submissions(visit.session, visit.env, picture.view.id, actor=visit.person, purpose=purpose, now=visit.now)
        if purpose
        else ()
    )
    told = {(row.element_id, row.at): _facts(visit, picture, row) for row in found}
    return lines(
        picture.rows,
        name_of=picture.names,
        facts_of=lambda row: told.get((row.element_id, row.at), ()) if row.kind in ("task", "start") else (),
    )


def history_for(visit: Visit, picture: Picture, purpose: str | None, *, manage: bool) -> tuple[HistoryLine, ...]:
    """The history; an administrator reads no forms and does not learn who applied."""
    if not manage:
        return history(visit, picture, purpose)
    applicant = next((row.actor_name for row in picture.rows if row.kind == "start"), "")
    found = history(visit, picture, None)
    return tuple(
        replace(line, who=translate("发起人"))
        if not line.who or (applicant and line.who.startswith(applicant))
        else line
        for line in found
    )


def open_incidents(visit: Visit, instance_id: str) -> list[dict[str, Any]]:
    """What failed and waits for an administrator."""
    return [
        {
            "id": row.id,
            "element": row.element_name or row.element_id or "",
            "message": row.message,
            "at": row.opened_at,
        }
        for row in incidents_of(visit.session, visit.env, instance_id, actor=visit.person)
    ]


def _facts(visit: Visit, picture: Picture, row: SubmissionRow) -> tuple[Fact, ...]:
    key = row.element_process or picture.view.process_key
    for bundle in picture.bundle.closure():
        if bundle.key == key and row.form and row.form in bundle.forms:
            schema = json.loads(bundle.forms[row.form])
            names = files.names_of(visit.session, file_ids(schema, row.fields), actor=visit.person)
            return shown_fields(schema, row.fields, names)
    return ()


def process_keys(picture: Picture) -> tuple[tuple[str, str], ...]:
    """The diagrams of this instance: its own and those of called processes that were reached, with their titles."""
    reached = {key for key, _ in (*picture.view.tokens, *picture.view.done_elements)} | {picture.view.process_key}
    return tuple(
        (bundle.key, bundle.manifest.title if bundle.manifest else bundle.key)
        for bundle in picture.bundle.closure()
        if bundle.key in reached
    )


def marks_around(visit: Visit, picture: Picture, process_key: str) -> dict[str, Any] | None:
    """The diagram of one of the instance's processes; None where there is none."""
    bundle = next((each for each in picture.bundle.closure() if each.key == process_key), None)
    if bundle is None or not bundle.diagram_bytes:
        return None
    view = picture.view
    found = incidents_of(visit.session, visit.env, view.id, actor=visit.person)
    failed = [row.element_id for row in found if row.element_id]
    return diagrams.marks(
        bundle.diagram_bytes,
        process_key=process_key,
        tokens=(*view.tokens, *_tokens_of_calls(bundle, view)),
        done=view.done_elements,
        flows=(*view.flows, *_flows_to_tokens(bundle, view)),
        incidents=failed,
    )


def _flows_to_tokens(bundle: Bundle, view: InstanceView) -> list[tuple[str, str]]:
    """The flows by which the waiting tokens came: they end at no element that is done yet."""
    done, waiting = set(view.done_elements), set(view.tokens)
    return [
        (bundle.key, flow.id)
        for process in bundle.diagram.processes
        for flow in process.flows
        if (bundle.key, flow.source) in done and (bundle.key, flow.target) in waiting
    ]


def _tokens_of_calls(bundle: Bundle, view: InstanceView) -> list[tuple[str, str]]:
    """A token inside a called process stands, seen from here, on the call."""
    live = {key for key, _ in view.tokens}
    marked = set(view.tokens)
    calls = [
        node for process in bundle.diagram.processes for node in process.nodes if node.called and node.called in live
    ]
    return [(bundle.key, node.id) for node in calls if (bundle.key, node.id) not in marked]


def places_to_return_to(picture: Picture, view: TaskView) -> tuple[Place, ...]:
    """The steps that people completed in the task's own process, the latest first."""
    nodes = next(
        (
            process.by_id
            for bundle in picture.bundle.closure()
            if bundle.key == view.element_process
            for process in bundle.diagram.processes
        ),
        {},
    )
    here = nodes.get(view.element_id)
    found: dict[str, Place] = {}
    for row in reversed(picture.rows):
        node = nodes.get(row.element_id or "")
        if row.kind != "task" or node is None or here is None or node.scope != here.scope or node.id == here.id:
            continue
        found.setdefault(node.id, Place(element_id=node.id, name=picture.names(node.id), by=row.actor_name))
    return tuple(found.values())
