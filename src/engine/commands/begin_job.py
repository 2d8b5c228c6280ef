"""A worker begins a service call: the first of the two commands around its handler."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.commands.jobbing import MOST_SILENT_BEGINNINGS, SERVICE, call_of, is_free, locked_job
from engine.commands.open_incident import Trouble, record
from engine.domain import ServiceCall
from engine.outcome import JobKind
from engine.store import job
from engine.store.instance import split
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Session


def begin_job(
    session: Session, job_id: str, *, worker: str, now: datetime, lease: timedelta = timedelta(minutes=5)
) -> ServiceCall | None:
    """Take the job until `now + lease` and return the call; None where there is nothing to do.

    Nothing is to do when the job is done, void, given up, held by a suspension, not due, or another worker has it: a
    message that comes five times begins one call. A job that has been begun again and again without an answer becomes
    an incident. Raises `NotFound`.
    """
    return begin(session, locked_job(session, job_id), worker=worker, now=now, lease=lease)


def begin(session: Session, found: Any, *, worker: str, now: datetime, lease: timedelta) -> ServiceCall | None:
    """The same, for a job that is locked and read."""
    row = split(found)
    if found.kind != JobKind.SERVICE or not row.is_running or not is_free(found, now):
        return None
    if found.job_status == JobStatus.LEASED and found.attempt >= MOST_SILENT_BEGINNINGS:
        message = f"服务 {found.service} 已开始 {found.attempt} 次,每次都没有回音"
        session.write(job.SETTLE, settled(found.job_id, JobStatus.FAILED, now, row=row, error=message))
        trouble = Trouble(
            kind="worker",
            message=message,
            element_id=found.element_id,
            token_id=found.token_id,
            job_id=found.job_id,
        )
        record(session, row, trouble, actor=SERVICE, now=now)
        return None
    session.write(job.LEASE, {"job_id": found.job_id, "new_worker": worker, "new_lease_until": now + lease})
    return call_of(found, now, attempt=found.attempt + 1)
