"""Incidents, for administrators: what failed, where, why; without what people wrote into forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Sight, require
from engine.environment import Environment
from engine.queries.seeing import require_seen
from engine.store.incident import incident
from engine.store.instance import instance
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """One incident."""

    id: str
    instance_id: str | None
    process_key: str
    kind: str
    element_id: str | None
    element_name: str | None
    token_id: str | None
    job_id: str | None
    message: str
    detail: Mapping[str, Any] | None
    status: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None
    place: str | None
    subject: str | None
    case_id: str | None


_OWN = [incident.c[name] for name in IncidentRow.__dataclass_fields__ if name in incident.c]


_READ = (
    sa.select(*_OWN, instance.c.place, instance.c.subject, instance.c.case_id)
    .select_from(incident.outerjoin(instance, instance.c.id == incident.c.instance_id))
    .order_by(incident.c.opened_at, incident.c.id)
)


def incidents(
    session: Session, *, actor: Actor, status: str | None = "open", limit: int = 100
) -> tuple[IncidentRow, ...]:
    """Incidents of all cases, the oldest first, without their subjects. Raises `NotAllowed`."""
    require(actor, Permission.INSTANCE_SEE)
    wanted = _READ.limit(limit)
    if status is not None:
        wanted = wanted.where(incident.c.status == status)
    return tuple(_shown(row, Sight.NONE) for row in session.execute(wanted))


def incidents_of(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> tuple[IncidentRow, ...]:
    """The open incidents of one instance, the oldest first. Raises `NotFound` where the actor is not to know it."""
    seen = require_seen(session, env, instance_id, actor)
    wanted = _READ.where(incident.c.status == "open", incident.c.instance_id == instance_id)
    return tuple(_shown(row, seen.sight) for row in session.execute(wanted))


def _shown(row: Any, sight: Sight) -> IncidentRow:
    values = row._asdict()
    return IncidentRow(**{**values, "subject": values["subject"] if sight >= Sight.MASKED else ""})
