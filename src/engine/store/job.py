"""Work for the program: timers, service calls, messages and signals to be sent. A row here is the truth; what the
broker carries is only its id.

A worker holds a job by a lease; one that dies loses it. A pending job may carry a lease too: it was handed out and
waits for a worker. Timers and calls of a suspended instance are *held*: they keep their due dates and do not run.
What was thrown (messages, signals) is on its way and is not held back.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from engine.outcome import JobKind
from engine.store.base import Instant, constant, metadata
from engine.store.instance import STEP_COLUMNS, instance
from engine.store.prepared import Prepared, insert
from engine.store.veils import Veiled, VeiledJson


class JobStatus(StrEnum):
    """Where a job stands."""

    PENDING = "pending"  #: waits for its due date and a worker; handed out until `lease_until`
    LEASED = "leased"  #: a worker began it and has it until `lease_until`
    HELD = "held"  #: its instance is suspended
    DONE = "done"  #: had its effect
    VOID = "void"  #: the process no longer wants it
    FAILED = "failed"  #: given up; an incident is open


job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("token_id", sa.String(40), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  #: outcome.JobKind
    sa.Column("sequence", sa.Integer, nullable=False),  #: which round of a cycle timer
    sa.Column("service", sa.String(80)),
    sa.Column("parameters", VeiledJson("job.parameters", typed=True), nullable=False),
    sa.Column("idempotency_key", sa.String(80), nullable=False),  #: the same over all attempts
    sa.Column("queue", sa.String(40), nullable=False),  #: e.g. "urgent" never waits behind "default"
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("due_at", Instant, nullable=False),  #: of the next attempt
    sa.Column("first_due_at", Instant, nullable=False),  #: as the process wanted it
    sa.Column("lease_until", Instant),
    sa.Column("worker", sa.String(80)),
    sa.Column("attempt", sa.Integer, nullable=False),  #: begun so far
    sa.Column("last_error", Veiled("job.last_error")),
    sa.Column(
        "result", VeiledJson("job.result", typed=True)
    ),  #: of a call that returned while its instance was suspended
    sa.UniqueConstraint("token_id", "kind", "sequence"),
)

_PENDING = constant(JobStatus.PENDING)
_LEASED = constant(JobStatus.LEASED)
_HELD = constant(JobStatus.HELD)
_LIVE = job.c.status.in_([_PENDING, _LEASED, _HELD])

sa.Index(
    "ix_job_due_pending",
    job.c.due_at,
    job.c.id,
    postgresql_where=job.c.status == _PENDING,
    sqlite_where=job.c.status == _PENDING,
)
sa.Index(
    "ix_job_lease",
    job.c.lease_until,
    postgresql_where=job.c.status == _LEASED,
    sqlite_where=job.c.status == _LEASED,
)
sa.Index("ix_job_instance_id", job.c.instance_id)

INSERT = insert(job)

LOCK_INSTANCE = Prepared(
    sa.select(instance.c.id)
    .where(instance.c.id == sa.select(job.c.instance_id).where(job.c.id == sa.bindparam("job_id")).scalar_subquery())
    .with_for_update()
)

READ_FOR_STEP = Prepared(
    sa.select(
        *STEP_COLUMNS,
        job.c.id.label("job_id"),
        job.c.token_id,
        job.c.element_id,
        job.c.kind,
        job.c.sequence,
        job.c.service,
        job.c.parameters,
        job.c.idempotency_key,
        job.c.status.label("job_status"),
        job.c.due_at,
        job.c.first_due_at,
        job.c.lease_until,
        job.c.worker,
        job.c.attempt,
        job.c.last_error,
        job.c.result,
    )
    .select_from(job.join(instance, instance.c.id == job.c.instance_id))
    .where(job.c.id == sa.bindparam("read_job_id"))
)

LEASE = Prepared(
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"))
    .values(
        status=_LEASED,
        worker=sa.bindparam("new_worker"),
        lease_until=sa.bindparam("new_lease_until"),
        attempt=job.c.attempt + sa.literal_column("1"),
    )
)

SETTLE = Prepared(
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), _LIVE)
    .values(
        status=sa.bindparam("new_status"),
        due_at=sa.bindparam("new_due_at"),
        last_error=sa.bindparam("new_error"),
        result=sa.bindparam("new_result"),
        lease_until=sa.null(),
        worker=sa.null(),
    )
)

#: A try that ended in an error is counted, whether or not the job had been begun by a lease.
COUNT_TRY = Prepared(
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), _LIVE)
    .values(attempt=sa.bindparam("new_attempt", type_=sa.Integer))
)

#: A failed job gets a fresh budget and keeps its key; a timer also keeps the instant from which its process counts.
REVIVE = Prepared(
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"), job.c.status == constant(JobStatus.FAILED))
    .values(
        status=_PENDING,
        due_at=sa.bindparam("new_due_at"),
        first_due_at=sa.case(
            (job.c.kind == constant(JobKind.TIMER), job.c.first_due_at),
            else_=sa.bindparam("new_due_at", type_=Instant),
        ),
        attempt=sa.literal_column("0"),
    )
)

VOID = Prepared(
    sa.update(job)
    .where(job.c.token_id == sa.bindparam("of_token"), job.c.kind == sa.bindparam("of_kind"), _LIVE)
    .values(status=constant(JobStatus.VOID))
)

#: Timers and calls, not what was thrown.
_OWN = job.c.kind.in_([constant(JobKind.TIMER), constant(JobKind.SERVICE)])

VOID_ALL = Prepared(
    sa.update(job)
    .where(job.c.instance_id == sa.bindparam("of_instance"), sa.or_(sa.and_(_LIVE, _OWN), job.c.status == _HELD))
    .values(status=constant(JobStatus.VOID))
)

HOLD_ALL = Prepared(
    sa.update(job)
    .where(job.c.instance_id == sa.bindparam("of_instance"), job.c.status == _PENDING, _OWN)
    .values(status=_HELD)
)

RELEASE_ALL = Prepared(
    sa.update(job)
    .where(job.c.instance_id == sa.bindparam("of_instance"), job.c.status == _HELD)
    .values(status=_PENDING)
)


#: A timer that waits for another instant, because the calendar changed.
MOVE = Prepared(
    sa.update(job)
    .where(
        job.c.token_id == sa.bindparam("of_token"),
        job.c.kind == constant(JobKind.TIMER),
        job.c.status.in_([_PENDING, _HELD]),
    )
    .values(due_at=sa.bindparam("new_due_at"), first_due_at=sa.bindparam("new_due_at"))
)


def _claimable() -> sa.ColumnElement[bool]:
    """Due and not handed out; or begun by a worker that has fallen silent."""
    handed_out = sa.and_(
        job.c.status == _PENDING,
        job.c.due_at <= sa.bindparam("now"),
        sa.or_(job.c.lease_until.is_(None), job.c.lease_until <= sa.bindparam("wall_now")),
    )
    silent = sa.and_(job.c.status == _LEASED, job.c.lease_until <= sa.bindparam("now"))
    return sa.or_(handed_out, silent)


#: `SKIP LOCKED` where there are row locks, so that pumps do not wait for each other.
CLAIMABLE = (
    sa.select(job.c.id).where(_claimable()).order_by(job.c.due_at, job.c.id).with_for_update(skip_locked=True, of=job)
)

HAND_OUT = Prepared(
    sa.update(job)
    .where(job.c.id == sa.bindparam("job_id"))
    .values(status=_PENDING, worker=sa.bindparam("new_worker"), lease_until=sa.bindparam("new_lease_until"))
)
