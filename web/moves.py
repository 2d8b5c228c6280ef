"""From where and to where an administrator may take a case that went wrong."""

from __future__ import annotations

from typing import Any

from engine.queries.open_tasks import OpenTask
from engine.queries.waiting_timers import waiting_timers
from web.pictures import Picture
from web.transaction import Visit


def movable(visit: Visit, picture: Picture, tasks: tuple[OpenTask, ...]) -> list[dict[str, Any]]:
    """Where the case may be taken away from: open tasks, and timers at which it waits. A time limit that is drawn on
    a task's border goes with its task."""
    borders = {
        node.id
        for bundle in picture.bundle.closure()
        for process in bundle.diagram.processes
        for node in process.nodes
        if node.attached_to
    }
    waiting = [
        {"id": timer.token_id, "name": picture.names(timer.element_id), "due": timer.due_at}
        for timer in waiting_timers(visit.session, picture.view.id, actor=visit.person)
        if timer.element_id not in borders
    ]
    return [{"id": task.id, "name": picture.names(task.element_id), "due": None} for task in tasks] + waiting


def targets(picture: Picture) -> list[dict[str, str]]:
    """The named steps of every process of the instance. A token cannot leave its scope (its process or embedded
    sub-process): the command refuses that in words."""
    return [
        {"id": node.id, "name": node.name}
        for bundle in picture.bundle.closure()
        for process in bundle.diagram.processes
        for node in process.nodes
        if node.name and node.kind in ("userTask", "serviceTask", "businessRuleTask", "scriptTask", "callActivity")
    ]
