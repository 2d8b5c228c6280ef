"""A step or a job failed for good: leave it, with all that is needed to try again, to an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.errors import StepFailed
from engine.stimulus import Stimulus
from engine.store import incident, instance
from engine.store.changes import touch
from engine.store.identifiers import new_id
from engine.store.incident import IncidentStatus
from engine.store.instance import InstanceRow
from engine.store.session import Session
from engine.store.stimuli import to_stored

#: What commands leave in `StepFailed.detail` for this command; it is not shown as detail.
_OURS = {"instance_id", "stimulus", "request", "job_id", "incident_id", "element_id"}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What an incident tells."""

    kind: str
    message: str
    element_id: str | None = None
    element_name: str | None = None
    token_id: str | None = None
    job_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    stimulus: Mapping[str, Any] | None = None
    request: Mapping[str, Any] | None = None


def open_incident(
    session: Session,
    failure: StepFailed,
    stimulus: Stimulus | None = None,
    *,
    instance_id: str | None = None,
    job_id: str | None = None,
    actor: Actor,
    now: datetime,
) -> str | None:
    """After the failed step was rolled back: keep its stimulus. Returns the incident's id.

    The commands leave what is needed in `failure.detail`; the arguments stand over it. A failed *start* changed
    nothing and leaves nothing: None.
    """
    detail = failure.detail
    found = instance_id or detail.get("instance_id")
    again = detail.get("incident_id")
    if again is not None or not isinstance(found, str):
        return again if isinstance(again, str) else None
    session.lock(instance.LOCK, {"instance_id": found})
    row = session.row(instance.READ, {"instance_id": found})
    if row is None:
        return None
    kept: Any = stimulus or detail.get("stimulus")
    token_id = getattr(kept, "token_id", None)
    same = _same(session, row.id, token_id) if row.incidents and token_id else None
    if same is not None:
        return same
    job: Any = job_id or detail.get("job_id")
    request: Any = detail.get("request")
    element: Any = failure.element_id or detail.get("element_id")
    trouble = Trouble(
        kind=failure.kind,
        message=str(failure),
        element_id=element,
        element_name=failure.element_name,
        token_id=token_id,
        job_id=job,
        detail={name: value for name, value in detail.items() if name not in _OURS},
        stimulus=None if kept is None else to_stored(kept),
        request=request,
    )
    return record(session, InstanceRow._make(row), trouble, actor=actor, now=now)


def _same(session: Session, instance_id: str, token_id: str) -> str | None:
    """The open incident of this token, if there is one: a person who tries three times makes one incident."""
    found = session.rows(incident.OPEN_OF_INSTANCE, {"of_instance": instance_id})
    return next((each.id for each in found if each.token_id == token_id), None)


def record(session: Session, row: InstanceRow, trouble: Trouble, *, actor: Actor, now: datetime) -> str:
    """Write the incident of a locked instance; returns its id."""
    identifier = new_id(now)
    session.write(
        incident.INSERT,
        {
            "id": identifier,
            "instance_id": row.id,
            "process_key": row.process_key,
            "kind": trouble.kind,
            "element_id": trouble.element_id,
            "element_name": trouble.element_name,
            "token_id": trouble.token_id,
            "job_id": trouble.job_id,
            "message": row.hide(trouble.message),
            "detail": row.hide(dict(trouble.detail) or None),
            "stimulus": row.hide(trouble.stimulus),
            "request": row.hide(trouble.request),
            "status": IncidentStatus.OPEN,
            "opened_at": now,
            "resolved_at": None,
            "resolved_by": None,
            "resolution": None,
        },
    )
    told = {"incident": identifier, "message": trouble.message}
    touch(
        session,
        row,
        kind="incident",
        element_id=trouble.element_id,
        actor=actor,
        now=now,
        data=told,
        incidents=row.incidents + 1,
    )
    return identifier
