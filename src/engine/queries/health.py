"""How the system does, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.outcome import InstanceStatus
from engine.store.base import Instant, constant
from engine.store.incident import incident
from engine.store.instance import instance
from engine.store.job import JobStatus, job
from engine.store.session import Session
from engine.store.user_task import user_task


@dataclass(frozen=True, kw_only=True)
class Health:
    """The figures of the monitoring page and of the health check."""

    running: int  #: instances
    suspended: int
    open_incidents: int
    overdue_tasks: int  #: at most 1,000 are counted
    due_jobs: int  #: due and not done; at most 1,000 are counted
    longest_delay: timedelta  #: of the job that waits longest past its due date


_MOST_COUNTED = 1000
_PENDING = job.c.status == constant(JobStatus.PENDING)


def _count(*conditions: sa.ColumnElement[bool], of: sa.Table, name: str) -> sa.Label[int]:
    bounded = sa.select(sa.literal_column("1")).select_from(of).where(*conditions).limit(_MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(bounded).scalar_subquery().label(name)


def _instances(status: InstanceStatus) -> sa.Label[int]:
    counted = sa.select(sa.func.count()).select_from(instance).where(instance.c.status == constant(status))
    return counted.scalar_subquery().label(status.value)


_NOW = sa.bindparam("now", type_=Instant)

_READ = sa.select(
    _instances(InstanceStatus.RUNNING),
    _instances(InstanceStatus.SUSPENDED),
    _count(incident.c.status == constant("open"), of=incident, name="open_incidents"),
    _count(user_task.c.status == constant("open"), user_task.c.due_at < _NOW, of=user_task, name="overdue_tasks"),
    _count(_PENDING, job.c.due_at <= _NOW, of=job, name="due_jobs"),
    sa.select(sa.func.min(job.c.due_at, type_=Instant))
    .where(_PENDING, job.c.due_at <= _NOW)
    .scalar_subquery()
    .label("longest_due"),
)


def health(session: Session, now: datetime) -> Health:
    """The figures at this instant."""
    row = session.execute(_READ, {"now": now}).one()
    return Health(
        running=row.running,
        suspended=row.suspended,
        open_incidents=row.open_incidents,
        overdue_tasks=row.overdue_tasks,
        due_jobs=row.due_jobs,
        longest_delay=timedelta(0) if row.longest_due is None else now - row.longest_due,
    )
