"""Incidents, for administrators: what failed, where, why; without what people wrote into forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, require
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


def incidents(
    session: Session,
    *,
    status: str | None = "open",
    instance_id: str | None = None,
    limit: int = 100,
    actor: Actor | None = None,
) -> tuple[IncidentRow, ...]:
    """Incidents, the oldest first. With `actor`: raises `NotAllowed`."""
    if actor is not None:
        require(actor, Permission.INSTANCE_SEE)
    wanted = (
        sa.select(*_OWN, instance.c.place, instance.c.subject, instance.c.case_id)
        .select_from(incident.outerjoin(instance, instance.c.id == incident.c.instance_id))
        .order_by(incident.c.opened_at, incident.c.id)
        .limit(limit)
    )
    if status is not None:
        wanted = wanted.where(incident.c.status == status)
    if instance_id is not None:
        wanted = wanted.where(incident.c.instance_id == instance_id)
    return tuple(IncidentRow(**row._asdict()) for row in session.execute(wanted))
