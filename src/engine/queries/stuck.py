"""Cases that went quiet: running, and nothing will ever move them. There must be none (promise P4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.outcome import InstanceStatus
from engine.store.base import constant
from engine.store.incident import incident
from engine.store.instance import instance
from engine.store.job import JobStatus, job
from engine.store.message_wait import message_wait
from engine.store.session import Session
from engine.store.user_task import user_task


@dataclass(frozen=True, kw_only=True)
class StuckInstance:
    """A running instance with no open task, no live job, no awaited message and no open incident."""

    id: str
    process_key: str
    version_id: str
    started_at: datetime
    tokens: tuple[tuple[str, str], ...]


_LIVE = [constant(status) for status in (JobStatus.PENDING, JobStatus.LEASED, JobStatus.HELD)]


def _none(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(table.c.instance_id == instance.c.id, *conditions)


_STUCK = (
    sa.select(instance.c.id, instance.c.process_key, instance.c.version_id, instance.c.started_at, instance.c.tokens)
    .where(
        instance.c.status == constant(InstanceStatus.RUNNING),
        _none(user_task, user_task.c.status == constant("open")),
        _none(job, job.c.status.in_(_LIVE)),
        _none(message_wait),
        _none(incident, incident.c.status == constant("open")),
    )
    .order_by(instance.c.started_at, instance.c.id)
)


def stuck(session: Session, *, actor: Actor, limit: int = 100) -> tuple[StuckInstance, ...]:
    """Every such instance, the oldest first. Raises `NotAllowed`."""
    require(actor, Permission.INSTANCE_SEE)
    return tuple(
        StuckInstance(
            id=row.id,
            process_key=row.process_key,
            version_id=row.version_id,
            started_at=row.started_at,
            tokens=tuple((token[0], token[1]) for token in row.tokens),
        )
        for row in session.execute(_STUCK.limit(limit))
    )
