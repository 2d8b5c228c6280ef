"""A job's step failed, or met what nobody foresaw: try again later, or leave it to an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.jobbing import MESSENGER, SERVICE, TIMER, is_free, is_ours, locked_job
from engine.commands.open_incident import open_incident
from engine.commands.surprises import WORTH_ANOTHER_TRY, as_failure
from engine.errors import NotFound
from engine.outcome import InstanceStatus, JobKind
from engine.retry import DEFAULT, Again, decide
from engine.store import job
from engine.store.instance import split
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Session

_ACTORS: dict[str, Actor] = {JobKind.TIMER: TIMER, JobKind.SERVICE: SERVICE}


def set_back_job(
    session: Session,
    job_id: str,
    *,
    error: Exception,
    now: datetime,
    attempt: int | None = None,
    result: Mapping[str, Any] | None = None,
) -> Again | None:
    """After the failed transaction was rolled back: count the try. `Again`: when it is tried next; None: given up (an
    incident tells the cause), or the job is another worker's or over.

    A step that the diagram makes fail (`StepFailed`) would fail again and is given up at once; what nobody foresaw gets
    the attempts of `retry.DEFAULT`, with its delays. `attempt` is the one of the `ServiceCall` if the job had been
    begun; `result` what its handler returned: it is kept, so that the outside is not asked twice. The bundle is not
    read: it may be what is broken. Raises the error again if the job does not exist.
    """
    try:
        found = locked_job(session, job_id)
    except NotFound:
        raise error from None
    if not (is_free(found, now) if attempt is None else is_ours(found, attempt)):
        return None
    failure = as_failure(error)
    tries = found.attempt + 1 if attempt is None else found.attempt
    session.write(job.COUNT_TRY, {"job_id": job_id, "new_attempt": tries})
    kept = found.result if result is None else dict(result)
    hopeful = failure.kind in WORTH_ANOTHER_TRY
    decision = decide(DEFAULT, tries, failure, now, seed=job_id)
    if hopeful and isinstance(decision, Again):
        held = found.status == InstanceStatus.SUSPENDED and found.kind == JobKind.SERVICE
        status = JobStatus.HELD if held else JobStatus.PENDING
        session.write(
            job.SETTLE, settled(job_id, status, decision.at, row=split(found), error=str(failure), result=kept)
        )
        return decision
    session.write(job.SETTLE, settled(job_id, JobStatus.FAILED, now, row=split(found), error=str(failure), result=kept))
    failure.detail = {"element_id": found.element_id, **failure.detail, "attempts": tries, "instance_id": found.id}
    open_incident(session, failure, job_id=job_id, actor=_ACTORS.get(found.kind, MESSENGER), now=now)
    return None
