"""What the program will do next by itself, for the demonstration's clock page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

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
    sa.select(job.c.due_at.label("at"), job.c.element_id, job.c.kind, instance.c.version_id, instance.c.subject)
    .select_from(job.join(instance, instance.c.id == job.c.instance_id))
    .where(job.c.status == constant(JobStatus.PENDING))
    .order_by(job.c.due_at, job.c.id)
)


def upcoming(session: Session, *, limit: int) -> tuple[Upcoming, ...]:
    """The next jobs of all cases, the earliest first."""
    return tuple(Upcoming(**row._asdict()) for row in session.execute(_READ.limit(limit)))
