"""What the program will do next by itself, for the demonstration's clock page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.environment import Environment
from engine.store.base import constant
from engine.store.instance import instance
from engine.store.job import JobStatus, job
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Upcoming:
    """A job that is not due yet, or waits for a worker."""

    at: datetime
    element_id: str
    kind: str
    version_id: str
    subject: str


_READ = (
    sa.select(
        job.c.due_at.label("at"),
        job.c.element_id,
        job.c.kind,
        instance.c.version_id,
        instance.c.subject,
        instance.c.case_id,
    )
    .select_from(job.join(instance, instance.c.id == job.c.instance_id))
    .where(job.c.status == constant(JobStatus.PENDING))
    .order_by(job.c.due_at, job.c.id)
)


def upcoming(session: Session, env: Environment, *, actor: Actor, limit: int) -> tuple[Upcoming, ...]:
    """The next jobs of all cases, the earliest first; the subject only of those whose names the actor sees masked."""
    rows = session.execute(_READ.limit(limit)).all()
    ids = {row.case_id for row in rows if row.case_id is not None}
    shown = {case_id for case_id in ids if env.domain.sight(session, actor, case_id) >= Sight.MASKED}
    return tuple(
        Upcoming(
            at=row.at,
            element_id=row.element_id,
            kind=row.kind,
            version_id=row.version_id,
            subject=row.subject if row.case_id in shown else "",
        )
        for row in rows
    )
