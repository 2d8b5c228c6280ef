"""What happened to an instance, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.environment import Environment
from engine.queries.seeing import require_seen
from engine.store.history import history
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    """One change. `kind`: start, task, timer, service, service_error, message, signal, move, claim, unclaim, delegate,
    entrust, hand_back, call_back, handover, copy, urge, cosign_ask, cosign_drop, cosign, suspend, resume, cancel,
    incident, retry, message_kept. `data`: see `store.outcomes` (passed, opened, withdrawn, decisions, end) and the
    commands (reason, to, …)."""

    step: int
    kind: str
    element_id: str | None
    actor_id: str
    actor_name: str
    actor_unit: str
    at: datetime
    data: Mapping[str, Any]


def timeline(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> tuple[TimelineRow, ...]:
    """All changes of the instance, the first one first. Who does not see the file does not learn who began it.

    :raises NotFound: there is no such instance for this actor.
    """
    seen = require_seen(session, env, instance_id, actor)
    rows = rows_of(session, instance_id)
    if seen.sight >= Sight.FILE or seen.started_by == actor.id:
        return rows
    return tuple(
        replace(row, actor_id="", actor_name="", actor_unit="") if row.actor_id == seen.started_by else row
        for row in rows
    )


def rows_of(session: Session, instance_id: str) -> tuple[TimelineRow, ...]:
    """The same without asking anybody: only for a query that has asked."""
    found = session.execute(sa.select(history).where(history.c.instance_id == instance_id).order_by(history.c.step))
    return tuple(
        TimelineRow(
            step=row.step,
            kind=row.kind,
            element_id=row.element_id,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            actor_unit=row.actor_unit,
            at=row.at,
            data=row.data or {},
        )
        for row in found
    )
