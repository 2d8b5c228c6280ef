"""A thrown message or signal is delivered to every receiver, in one transaction with the end of its job."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clock import Clock
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.deliver_message import deliver_message
from engine.commands.fail_job import fail
from engine.commands.jobbing import MESSENGER, is_free, locked_job
from engine.commands.open_incident import open_incident
from engine.environment import Environment
from engine.errors import NoReceiver, StepFailed
from engine.outcome import JobKind
from engine.store import job
from engine.store.job import JobStatus
from engine.store.outcomes import settled
from engine.store.session import Database, Session


def send_thrown(
    database: Database, env: Environment, job_id: str, *, clock: Clock, failed: Mapping[str, StepFailed]
) -> bool:
    """Deliver a thrown message or signal to all but those whose step `failed` before: each of these gets an incident,
    so that it keeps the message from nobody else. Deliveries and the end of the job are one transaction.

    Raises whatever a receiver's step meets; `surprises.as_failure(error).detail` names the receiver.
    """
    with database.transaction() as session:
        worked = _deliver(session, env, job_id, clock, frozenset(failed))
        if worked:
            for failure in failed.values():
                open_incident(session, failure, actor=MESSENGER, now=clock.now())
        return worked


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
                session,
                env,
                thrown["name"],
                key=thrown.get("key"),
                payload=thrown["payload"],
                actor=MESSENGER,
                now=now,
                without=without,
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
