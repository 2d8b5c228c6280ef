"""A service call returned: the case goes on with its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.jobbing import SERVICE, is_ours, locked_job
from engine.commands.stepping import step
from engine.domain import BusinessError
from engine.environment import Environment
from engine.errors import NoReceiver
from engine.outcome import InstanceStatus
from engine.stimulus import ServiceFinished, ServiceRaised
from engine.store import job
from engine.store.instance import split
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Session


def finish_job(
    session: Session,
    env: Environment,
    job_id: str,
    *,
    result: Mapping[str, Any] | BusinessError,
    now: datetime,
    attempt: int | None = None,
    actor: Actor = SERVICE,
) -> bool:
    """Advance the instance by the result, or by the error that the diagram may catch. False: the answer comes too late.

    `attempt` is the one of the `ServiceCall`: a worker that was silent past its lease, while another took over, changes
    nothing. In a suspended instance the result is kept until it resumes (after an error the call is made again).
    Raises `NotFound`, `StepFailed`.
    """
    found = locked_job(session, job_id)
    if not is_ours(found, attempt):
        return False
    row = split(found)
    if row.status == InstanceStatus.SUSPENDED:
        kept = None if isinstance(result, BusinessError) else dict(result)
        session.write(job.SETTLE, settled(job_id, JobStatus.HELD, now, row=row, result=kept))
        return True
    stimulus: ServiceFinished | ServiceRaised
    if isinstance(result, BusinessError):
        stimulus = ServiceRaised(token_id=found.token_id, code=result.code, message=result.message)
    else:
        stimulus = ServiceFinished(token_id=found.token_id, result=dict(result))
    try:
        step(session, env, row, stimulus, actor=actor, now=now, element_id=found.element_id, job_id=job_id)
    except NoReceiver:
        session.write(job.SETTLE, settled(job_id, JobStatus.VOID, now))
        return False
    return True
