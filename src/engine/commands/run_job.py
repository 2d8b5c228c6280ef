"""Works one job from beginning to end, whatever its kind: the only command that owns its transactions, because a
service call must not run inside one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.clock import Clock
from engine.commands.begin_job import begin
from engine.commands.fail_job import fail_job
from engine.commands.finish_job import finish_job
from engine.commands.fire_timer import fire
from engine.commands.jobbing import SERVICE, TIMER, locked_job
from engine.commands.open_incident import open_incident
from engine.commands.send_thrown import send_thrown
from engine.domain import BusinessError, ServiceCall, ServiceError, Tools
from engine.environment import Environment
from engine.errors import StepFailed
from engine.outcome import JobKind
from engine.store.job import SETTLE, JobStatus
from engine.store.outcomes import settled
from engine.store.session import Database


def run_job(database: Database, env: Environment, job_id: str, *, clock: Clock, worker: str) -> bool:
    """Do the job if there is something to do; whether there was. A failing step or call becomes an incident or is tried
    again later; only trouble with the database and the unexpected are raised (and leave the job to another attempt).
    """
    call: ServiceCall | None = None
    try:
        with database.transaction() as session:
            now = clock.now()
            found = locked_job(session, job_id)
            if found.kind == JobKind.TIMER:
                return fire(session, env, found, worker=worker, now=now)
            if found.kind == JobKind.SERVICE:
                lease = timedelta(seconds=env.settings.job_lease_seconds)
                call = begin(session, found, worker=worker, now=now, lease=lease)
    except StepFailed as failure:
        _give_up(database, job_id, failure, clock, result=None)
        return True
    if call is not None:
        _call(database, env, call, clock)
        return True
    if found.kind in (JobKind.MESSAGE, JobKind.SIGNAL):
        return send_thrown(database, env, job_id, clock=clock)
    return False


def _call(database: Database, env: Environment, call: ServiceCall, clock: Clock) -> None:
    """Call the handler, with no transaction open, and write down how it ended."""
    result: Any = call.stored_result
    if result is None:
        try:
            result = _handled(database, env, call, clock)
        except BusinessError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - the handler boundary: whatever a connector raises is its failure
            with database.transaction() as session:
                fail_job(session, env, call.job_id, error=error, now=clock.now(), attempt=call.attempt)
            return
    try:
        with database.transaction() as session:
            finish_job(session, env, call.job_id, result=result, now=clock.now(), attempt=call.attempt)
    except StepFailed as failure:
        kept = None if isinstance(result, BusinessError) else dict(result)
        _give_up(database, call.job_id, failure, clock, result=kept)


def _handled(database: Database, env: Environment, call: ServiceCall, clock: Clock) -> Any:
    handler = env.domain.services.get(call.service)
    if handler is None:
        raise ServiceError(f"没有名为 {call.service} 的服务", retry=False)
    return handler(call, Tools(database=database, settings=env.settings, clock=clock))


def _give_up(database: Database, job_id: str, failure: StepFailed, clock: Clock, *, result: Any) -> None:
    """The step after a timer or a call failed, and would fail again: leave it to an administrator. A result that was
    fetched is kept, so that the outside is not asked twice."""
    actor = TIMER if result is None else SERVICE
    with database.transaction() as session:
        found = locked_job(session, job_id)
        if found.job_status in (JobStatus.DONE, JobStatus.VOID, JobStatus.FAILED):
            return
        values = settled(job_id, JobStatus.FAILED, found.due_at, error=str(failure), result=result)
        session.write(SETTLE, values)
        open_incident(session, failure, job_id=job_id, actor=actor, now=clock.now())
