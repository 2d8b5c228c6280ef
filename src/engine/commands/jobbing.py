"""What the commands on jobs share. Not a verb itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.domain import ServiceCall
from engine.errors import NotFound
from engine.store import job
from engine.store.job import JobStatus
from engine.store.session import Session

TIMER = Actor.system("timer")
SERVICE = Actor.system("service")
MESSENGER = Actor.system("messenger")

#: A job that was begun so often without an answer kills its workers: it becomes an incident.
MOST_SILENT_BEGINNINGS = 10


def locked_job(session: Session, job_id: str) -> Any:
    """Lock the job's instance and read both (`job.READ_FOR_STEP`), in one round trip. Raises `NotFound`."""
    session.lock(job.LOCK_INSTANCE, {"job_id": job_id})
    found = session.row(job.READ_FOR_STEP, {"read_job_id": job_id})
    if found is None:
        raise NotFound("没有这项后台任务")
    return found


def is_free(found: Any, now: datetime) -> bool:
    """Whether a worker may begin the job: it waits, or the one that began it has fallen silent."""
    if found.job_status == JobStatus.PENDING:
        return bool(found.due_at <= now)
    return found.job_status == JobStatus.LEASED and (found.lease_until is None or found.lease_until <= now)


def is_ours(found: Any, attempt: int | None) -> bool:
    """Whether the answer of this attempt still counts: another worker may have taken over, or the process moved on."""
    return found.job_status == JobStatus.LEASED and (attempt is None or attempt == found.attempt)


def call_of(found: Any, now: datetime, *, attempt: int) -> ServiceCall:
    """The call as its handler sees it."""
    return ServiceCall(
        job_id=found.job_id,
        idempotency_key=found.idempotency_key,
        service=found.service,
        parameters=found.parameters,
        case_id=found.case_id,
        instance_id=found.id,
        now=now,
        attempt=attempt,
        stored_result=found.result,
    )
