"""A timer came due: by the database's row and the given instant, never by the library's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.commands.jobbing import TIMER, is_free, locked_job
from engine.commands.stepping import step
from engine.environment import Environment
from engine.errors import NoReceiver
from engine.outcome import JobKind
from engine.stimulus import TimerDue
from engine.store import job
from engine.store.instance import split
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Session


def fire_timer(session: Session, env: Environment, job_id: str, *, worker: str, now: datetime) -> bool:
    """Fire the timer. False, and nothing changed, when it is void, done, held, not due or another worker's, or its
    instance does not run. Raises `NotFound`, `StepFailed`.
    """
    return fire(session, env, locked_job(session, job_id), worker=worker, now=now)


def fire(session: Session, env: Environment, found: Any, *, worker: str, now: datetime) -> bool:  # noqa: ARG001
    """The same, for a job that is locked and read. It needs no lease: firing is one transaction."""
    row = split(found)
    if found.kind != JobKind.TIMER or not row.is_running or not is_free(found, now):
        return False
    stimulus = TimerDue(
        token_id=found.token_id, element_id=found.element_id, due_at=found.first_due_at, sequence=found.sequence
    )
    try:
        step(session, env, row, stimulus, actor=TIMER, now=now, element_id=found.element_id, job_id=found.job_id)
    except NoReceiver:
        session.write(job.SETTLE, settled(found.job_id, JobStatus.VOID, now))
        return False
    return True
