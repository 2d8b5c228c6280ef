"""The timers at which an instance waits, for an administrator who takes it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.outcome import JobKind
from engine.store.base import constant
from engine.store.job import JobStatus, job
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class WaitingTimer:
    """A timer that has not fired; on a task's border as well as on the way."""

    token_id: str
    element_id: str
    due_at: datetime


def waiting_timers(session: Session, instance_id: str, *, actor: Actor) -> tuple[WaitingTimer, ...]:
    """The instance's timers, the earliest first. Raises `NotAllowed`."""
    require(actor, Permission.INSTANCE_MANAGE)
    found = session.execute(
        sa.select(job.c.token_id, job.c.element_id, job.c.due_at)
        .where(
            job.c.instance_id == instance_id,
            job.c.kind == constant(JobKind.TIMER),
            job.c.status.in_([constant(JobStatus.PENDING), constant(JobStatus.HELD)]),
        )
        .order_by(job.c.due_at, job.c.id)
    )
    return tuple(WaitingTimer(**row._asdict()) for row in found)
