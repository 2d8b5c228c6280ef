"""One change of an instance that is not a step: a claim, an incident, a suspension. Fenced and numbered like a step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.outcome import InstanceStatus
from engine.store import history, incident, instance
from engine.store.instance import InstanceRow
from engine.store.session import Session


def write_history(
    session: Session,
    row: InstanceRow,
    *,
    kind: str,
    element_id: str | None,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    """The numbered row of a change that starts from `row.version`."""
    session.write(
        history.INSERT,
        {
            "instance_id": row.id,
            "step": row.version + 1,
            "kind": kind,
            "element_id": element_id,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "actor_unit": actor.unit,
            "at": now,
            "data": row.hide(data or None),
        },
        alone=False,
    )


def touch(
    session: Session,
    row: InstanceRow,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    element_id: str | None = None,
    data: Mapping[str, Any] | None = None,
    status: InstanceStatus | None = None,
    incidents: int | None = None,
) -> None:
    """Record a change that leaves the state as it is. Raises `Conflict` unless the instance is at `row.version`."""
    session.write(
        instance.TOUCH,
        {
            "instance_id": row.id,
            "expected": row.version,
            "new_status": status or row.status,
            "new_incidents": row.incidents if incidents is None else incidents,
        },
    )
    write_history(session, row, kind=kind, element_id=element_id, actor=actor, now=now, data=data or {})


def resolve_incidents(
    session: Session, row: InstanceRow, *, token_id: str | None, job_id: str | None, actor: Actor, now: datetime
) -> int:
    """A step succeeded: resolve the open incidents of its token or job; returns how many stay open."""
    if not row.incidents:
        return 0
    found = session.rows(incident.OPEN_OF_INSTANCE, {"of_instance": row.id})
    overtaken = [
        each.id for each in found if (token_id and each.token_id == token_id) or (job_id and each.job_id == job_id)
    ]
    session.write(
        incident.RESOLVE,
        [
            {
                "incident_id": each,
                "new_resolved_at": now,
                "new_resolved_by": actor.id,
                "new_resolution": "重新办理成功",
            }
            for each in overtaken
        ],
    )
    return len(found) - len(overtaken)
