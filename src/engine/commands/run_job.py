"""Works one job from beginning to end, whatever its kind: the only command that owns its transactions, because a
service call must not run inside one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from engine.clock import Clock
from engine.commands.begin_job import begin
from engine.commands.fail_job import fail_job
from engine.commands.finish_job import finish_job
from engine.commands.fire_timer import fire
from engine.commands.jobbing import locked_job
from engine.commands.send_thrown import send_thrown
from engine.commands.set_back_job import set_back_job
from engine.commands.surprises import as_failure
from engine.domain import BusinessError, ServiceCall, ServiceError, Tools
from engine.environment import Environment
from engine.errors import EngineError, StepFailed
from engine.outcome import JobKind
from engine.store.session import Database
from engine.store.trouble import is_passing

T = TypeVar("T")

#: How often the database is asked again at once when it refused for a reason that passes (a deadlock, two changes).
TRIES_AT_ONCE = 3


def run_job(database: Database, env: Environment, job_id: str, *, clock: Clock, worker: str) -> bool:
    """Do the job if there is something to do; whether there was.

    A step or call that fails is tried again later or becomes an incident, whatever it met (`set_back_job`,
    `fail_job`). Only passing trouble with the database is raised: it uses up no try, and the row comes back. Raises
    `NotFound` for a job that does not exist.
    """
    try:
        begun = insisting(lambda: _begin(database, env, job_id, clock, worker))
    except Exception as error:  # noqa: BLE001 - the boundary of a job: whatever its step meets is counted
        _set_back(database, job_id, error, clock)
        return True
    if isinstance(begun, ServiceCall):
        _call(database, env, begun, clock)
    return bool(begun)


def insisting(work: Callable[[], T]) -> T:
    """Do the work (whole transactions), a few times if the database refuses for a reason that passes."""
    for _ in range(TRIES_AT_ONCE - 1):
        try:
            return work()
        except EngineError as error:
            if not is_passing(error):
                raise
    return work()


def _begin(database: Database, env: Environment, job_id: str, clock: Clock, worker: str) -> ServiceCall | bool:
    """The whole job, or the beginning of a call; False: there is nothing to do."""
    with database.transaction() as session:
        now = clock.now()
        found = locked_job(session, job_id)
        if found.kind == JobKind.TIMER:
            return fire(session, env, found, worker=worker, now=now)
        if found.kind == JobKind.SERVICE:
            lease = timedelta(seconds=env.settings.job_lease_seconds)
            return begin(session, found, worker=worker, now=now, lease=lease) or False
    return _send(database, env, job_id, clock)


def _send(database: Database, env: Environment, job_id: str, clock: Clock) -> bool:
    """Deliver what was thrown; a receiver whose step fails, whatever it met, is left out and gets an incident."""
    failed: dict[str, StepFailed] = {}
    while True:
        try:
            return send_thrown(database, env, job_id, clock=clock, failed=failed)
        except Exception as error:
            if is_passing(error):
                raise
            failure = as_failure(error)
            receiver = failure.detail.get("instance_id")
            if not isinstance(receiver, str) or receiver in failed:
                raise
            failed[receiver] = failure


def _call(database: Database, env: Environment, call: ServiceCall, clock: Clock) -> None:
    """Call the handler, with no transaction open, and write down how it ended."""
    result: Any = call.stored_result
    failed: Exception | None = None
    if result is None:
        try:
            result = _handled(database, env, call, clock)
        except BusinessError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - the handler boundary: whatever a connector raises is its failure
            failed = error
    try:
        insisting(lambda: _write_down(database, env, call, clock, result, failed))
    except Exception as error:  # noqa: BLE001 - the boundary of a job, as above
        kept = None if isinstance(result, BusinessError) or failed else dict(result)
        _set_back(database, call.job_id, error, clock, attempt=call.attempt, result=kept)


def _write_down(
    database: Database, env: Environment, call: ServiceCall, clock: Clock, result: Any, failed: Exception | None
) -> None:
    with database.transaction() as session:
        now = clock.now()
        if failed is not None:
            fail_job(session, env, call.job_id, error=failed, now=now, attempt=call.attempt)
        else:
            finish_job(session, env, call.job_id, result=result, now=now, attempt=call.attempt)


def _handled(database: Database, env: Environment, call: ServiceCall, clock: Clock) -> Any:
    handler = env.domain.services.get(call.service)
    if handler is None:
        raise ServiceError(f"没有名为 {call.service} 的服务", retry=False)
    return handler(call, Tools(database=database, settings=env.settings, clock=clock, calendar=env.calendar))


def _set_back(
    database: Database, job_id: str, error: Exception, clock: Clock, *, attempt: int | None = None, result: Any = None
) -> None:
    """Count the try in a transaction of its own. Trouble of the database is raised as it is."""
    if is_passing(error):
        raise error
    with database.transaction() as session:
        set_back_job(session, job_id, error=error, now=clock.now(), attempt=attempt, result=result)
