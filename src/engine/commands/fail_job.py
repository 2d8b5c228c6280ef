"""A job failed: try again later, or leave it to an administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.jobbing import SERVICE, is_ours, locked_job
from engine.commands.open_incident import Trouble, record
from engine.commands.surprises import cause_of
from engine.environment import Environment
from engine.outcome import InstanceStatus, JobKind
from engine.retry import DEFAULT, MESSAGE, Again, RetryPolicy, decide
from engine.store import job
from engine.store.instance import split
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Session

_DEFAULT = "default"


def fail_job(
    session: Session,
    env: Environment,
    job_id: str,
    *,
    error: BaseException,
    now: datetime,
    attempt: int | None = None,
    actor: Actor = SERVICE,
) -> Again | None:
    """Decide by the retry policy of the service. `Again`: when; None: given up (an incident is open) or too late.

    Raises `NotFound`.
    """
    found = locked_job(session, job_id)
    if not is_ours(found, attempt):
        return None
    return fail(session, env, found, error=error, now=now, actor=actor)


def fail(
    session: Session, env: Environment, found: Any, *, error: BaseException, now: datetime, actor: Actor
) -> Again | None:
    """The same, for a job that is locked and read."""
    row = split(found)
    policy = policy_of(session, env, row.version_id, found)
    attempt = max(1, found.attempt)
    decision = decide(policy, attempt, error, now, seed=found.job_id, first_due=found.first_due_at)
    message = cause_of(error)
    if isinstance(decision, Again):
        held = row.status == InstanceStatus.SUSPENDED and found.kind == JobKind.SERVICE
        status = JobStatus.HELD if held else JobStatus.PENDING
        session.write(
            job.SETTLE, settled(found.job_id, status, decision.at, row=row, error=message, result=found.result)
        )
        return decision
    session.write(job.SETTLE, settled(found.job_id, JobStatus.FAILED, now, row=row, error=message, result=found.result))
    trouble = Trouble(
        kind=found.kind,
        message=f"{_subject(found)}失败,{decision.reason}: {message}",
        element_id=found.element_id,
        token_id=found.token_id,
        job_id=found.job_id,
        detail={"attempts": attempt, "error": type(error).__name__},
    )
    record(session, row, trouble, actor=actor, now=now)
    return None


def policy_of(session: Session, env: Environment, version_id: str, found: Any) -> RetryPolicy:
    """How often this job is tried: as the manifest of its process says, else the program's default."""
    if found.kind in (JobKind.MESSAGE, JobKind.SIGNAL):
        return MESSAGE
    manifest = env.library.bundle(session, version_id).manifest
    if manifest is None:
        return DEFAULT
    stated = manifest.retry.get(found.service) or manifest.retry.get(_DEFAULT)
    if stated is None:
        return DEFAULT
    return RetryPolicy(
        attempts=stated.attempts,
        base_seconds=stated.base_seconds,
        factor=stated.factor,
        max_seconds=stated.max_seconds,
    )


def _subject(found: Any) -> str:
    if found.kind == JobKind.SERVICE:
        return f"服务 {found.service} "
    return f"消息 {found.parameters.get('name', '')} 的送达"
