"""An administrator tries again what had failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.access import Actor, Permission, require
from engine.commands.complete_task import perform
from engine.commands.stepping import require_running, step
from engine.commands.tasking import locked_task, require_open
from engine.environment import Environment
from engine.errors import NotFound, Refused
from engine.store import incident, job
from engine.store.changes import touch
from engine.store.incident import IncidentStatus
from engine.store.instance import InstanceRow, locked
from engine.store.session import Session
from engine.store.stimuli import from_stored


def retry_incident(session: Session, env: Environment, incident_id: str, *, actor: Actor, now: datetime) -> None:
    """Try again, once: a job gets a fresh budget and keeps its idempotency key; a person's command is given again in
    that person's name; any other step gets its stored stimulus again. The incident is resolved by it.

    Raises `NotAllowed`, `NotFound`, `Refused` (resolved before), `InstanceNotRunning`, `TaskAlreadyClosed`,
    `StepFailed` (it failed again; the incident stays as it was).
    """
    require(actor, Permission.INSTANCE_MANAGE)
    found = session.row(incident.READ, {"incident_id": incident_id})
    if found is None or found.instance_id is None:
        raise NotFound("没有这个异常记录")
    row = locked(session, found.instance_id)
    found = session.row(incident.READ, {"incident_id": incident_id})
    if found.status != IncidentStatus.OPEN:
        raise Refused("此异常已经处理过")
    session.write(
        incident.RESOLVE,
        {
            "incident_id": incident_id,
            "new_resolved_at": now,
            "new_resolved_by": actor.id,
            "new_resolution": "重试",
        },
    )
    told = {"incident": incident_id}
    left = max(0, row.incidents - 1)
    touch(session, row, kind="retry", element_id=found.element_id, actor=actor, now=now, data=told, incidents=left)
    if found.job_id is not None:
        session.write(job.REVIVE, {"job_id": found.job_id, "new_due_at": now})
        return
    after = row._replace(version=row.version + 1, incidents=left)
    _again(session, env, found, after, actor, now)


def _again(session: Session, env: Environment, found: Any, row: InstanceRow, actor: Actor, now: datetime) -> None:
    require_running(row)
    keep = {"incident_id": found.id}
    if found.request is not None:
        request = found.request
        task = locked_task(session, found.token_id, idempotency_key=request["idempotency_key"])
        require_open(task)
        person = Actor(**request["actor"])
        perform(
            session,
            env,
            task,
            fields=request["fields"],
            actor=person,
            now=now,
            idempotency_key=request["idempotency_key"],
            keep=keep,
        )
        return
    if found.stimulus is None:
        raise Refused("此异常没有可重试的内容,请移动办件或终止办件")
    stimulus = from_stored(found.stimulus)
    step(session, env, row, stimulus, actor=actor, now=now, element_id=found.element_id, keep=keep)
