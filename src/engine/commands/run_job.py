"""Works one job from beginning to end, whatever its kind: the only command that owns its transactions, because a
service call must not run inside one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.clock import Clock
from engine.commands.begin_job import begin
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.deliver_message import deliver_message
from engine.commands.fail_job import fail, fail_job
from engine.commands.finish_job import finish_job
from engine.commands.fire_timer import fire
from engine.commands.jobbing import MESSENGER, SERVICE, TIMER, is_free, locked_job
from engine.commands.open_incident import open_incident
from engine.domain import BusinessError, ServiceCall, ServiceError, Tools
from engine.environment import Environment
from engine.errors import NoReceiver, StepFailed
from engine.outcome import JobKind
from engine.store import job
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Database, Session


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
        return _send(database, env, job_id, clock)
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
        session.write(job.SETTLE, values)
        open_incident(session, failure, job_id=job_id, actor=actor, now=clock.now())


def _send(database: Database, env: Environment, job_id: str, clock: Clock) -> bool:
    """Deliver a thrown message or signal. A receiver whose step fails gets an incident and is left out, so that it
    keeps the message from nobody else: deliveries and the end of the job are one transaction."""
    failed: dict[str, StepFailed] = {}
    while True:
        try:
            with database.transaction() as session:
                worked = _deliver(session, env, job_id, clock, frozenset(failed))
                for failure in failed.values():
                    open_incident(session, failure, actor=MESSENGER, now=clock.now())
                return worked
        except StepFailed as failure:
            receiver = failure.detail.get("instance_id")
            if not isinstance(receiver, str) or receiver in failed:
                raise
            failed[receiver] = failure


def _deliver(session: Session, env: Environment, job_id: str, clock: Clock, without: frozenset[str]) -> bool:
    now = clock.now()
    found = locked_job(session, job_id)
    if not is_free(found, now):
        return False
    session.write(job.LEASE, {"job_id": job_id, "new_worker": MESSENGER.id, "new_lease_until": now})
    thrown = found.parameters
    try:
        if found.kind == JobKind.SIGNAL:
            broadcast_signal(
                session, env, thrown["name"], payload=thrown["payload"], actor=MESSENGER, now=now, without=without
            )
        else:
            deliver_message(
                session,
                env,
                thrown["name"],
                thrown.get("key"),
                payload=thrown["payload"],
                actor=MESSENGER,
                now=now,
                only=thrown.get("only"),
                without=without,
            )
    except NoReceiver as nobody:
        if not without:
            again = locked_job(session, job_id)
            fail(session, env, again, error=nobody, now=now, actor=MESSENGER)
            return True
    session.write(job.SETTLE, settled(job_id, JobStatus.DONE, now))
    return True
