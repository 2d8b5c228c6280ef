"""Timers, service calls and their failures: rows are the truth, effects happen once, nothing goes quiet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.commands.begin_job import begin_job
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.finish_job import finish_job
from engine.commands.fire_timer import fire_timer
from engine.commands.resume_instance import resume_instance
from engine.commands.retry_incident import retry_incident
from engine.commands.run_job import run_job
from engine.commands.suspend_instance import suspend_instance
from engine.domain import BusinessError, ServiceCall, ServiceError, Tools
from engine.errors import NotAllowed, Refused
from engine.queries.incidents import incidents
from engine.queries.stuck import stuck
from engine.store import history, instance, job, user_task
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, CLERK, World


class Service:
    """A service that answers as it is told, and remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[ServiceCall] = []
        self.answers: list[Any] = []

    def __call__(self, call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else {"number": "7"}
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def service(world: World) -> Service:
    made = Service()
    world.domain.services = {"letter": made}
    return made


def with_service(world: World, more: str = "") -> str:
    diagram = Diagram("pp").start().service("s", "letter", variables="number", param__to='"王"').user("a").end()
    diagram.boundary("refused", on="s", event="error REFUSED").end("sorry").flow("refused", "sorry")
    world.publish(diagram.flow("start", "s", "a", "end"), "a", more=more)
    return world.start("pp").instance_id


def with_timer(world: World, due: str = "P1D") -> str:
    diagram = Diagram().start().user("a").end().boundary("late", on="a", event=f"timer {due}").end("expired")
    world.publish(diagram.flow("start", "a", "end").flow("late", "expired"), "a")
    return world.start().instance_id


def only(world: World, table: sa.Table) -> Any:
    with world.database.reading() as session:
        return session.execute(sa.select(table)).one()


def run(world: World, job_id: str, at: datetime | None = None) -> bool:
    return run_job(world.database, world.env, job_id, clock=FixedClock(at or world.now), worker="w")


def claim(world: World, at: datetime, wall: datetime | None = None) -> tuple[str, ...]:
    with world.database.transaction() as session:
        return claim_due_jobs(session, worker="pump", now=at, wall_now=wall or at)


def nothing_is_stuck(world: World) -> None:
    with world.database.reading() as session:
        assert stuck(session, actor=Actor.system("test")) == ()


# -- timers ------------------------------------------------------------------------------------------------------------


def test_a_timer_fires_once_and_never_early(world: World) -> None:
    with_timer(world)
    found = only(world, job.job)
    due = world.now + timedelta(days=1)
    assert (found.kind, found.due_at, found.status) == ("timer", due, "pending")
    assert claim(world, due - timedelta(seconds=1)) == ()
    assert not run(world, found.id, due - timedelta(seconds=1))
    assert claim(world, due) == (found.id,)
    assert claim(world, due) == (), "another pump must not hand it out again"
    assert [run(world, found.id, due) for _ in range(5)] == [True, False, False, False, False]
    assert only(world, instance.instance).status == "completed"
    assert only(world, user_task.user_task).status == "withdrawn"
    with world.database.reading() as session:
        assert [row.kind for row in session.execute(sa.select(history.history))] == ["start", "timer"]


def test_a_lost_message_comes_back_after_the_handout(world: World) -> None:
    with_timer(world)
    due = world.now + timedelta(days=1)
    (job_id,) = claim(world, due)
    assert claim(world, due, due + timedelta(seconds=29)) == ()
    assert claim(world, due, due + timedelta(seconds=31)) == (job_id,)


def test_completing_the_task_voids_its_timer(world: World) -> None:
    with_timer(world)
    world.complete(only(world, user_task.user_task).id)
    found = only(world, job.job)
    assert found.status == "void"
    assert not run(world, found.id, world.now + timedelta(days=2))


def test_a_suspended_case_keeps_its_timer(world: World) -> None:
    instance_id = with_timer(world)
    due = world.now + timedelta(days=1)
    found = only(world, job.job)
    with world.database.transaction() as session:
        suspend_instance(session, world.env, instance_id, reason="核实", actor=ADMINISTRATOR, now=world.now)
    assert claim(world, due) == ()
    assert not run(world, found.id, due)
    assert only(world, job.job).due_at == due
    with world.database.transaction() as session:
        resume_instance(session, world.env, instance_id, reason="已核实", actor=ADMINISTRATOR, now=due)
    assert claim(world, due) == (found.id,)
    with world.database.transaction() as session:
        assert fire_timer(session, world.env, found.id, worker="w", now=due)


# -- service calls -----------------------------------------------------------------------------------------------------


def test_a_service_is_called_once_with_no_transaction_open(world: World, service: Service) -> None:
    with_service(world)
    found = only(world, job.job)
    assert [run(world, found.id) for _ in range(3)] == [True, False, False]
    assert [(call.service, call.parameters, call.attempt) for call in service.calls] == [("letter", {"to": "王"}, 1)]
    assert only(world, job.job).status == "done"
    assert only(world, user_task.user_task).element_id == "a"


def test_a_failing_service_is_tried_again_with_the_same_key_then_is_an_incident(world: World, service: Service) -> None:
    instance_id = with_service(world, "[retry.letter]\nattempts = 3\nbase_seconds = 10.0")
    service.answers = [ServiceError("busy"), ValueError("odd"), ServiceError("busy")]
    found = only(world, job.job)
    at = world.now
    for _ in range(3):
        nothing_is_stuck(world)
        assert run(world, found.id, at)
        at = only(world, job.job).due_at
    delays = only(world, job.job)
    assert (delays.status, delays.attempt, delays.last_error) == ("failed", 3, "ServiceError: busy")
    assert len({call.idempotency_key for call in service.calls}) == 1
    with world.database.reading() as session:
        (incident,) = incidents(session, actor=Actor.system("test"))
    assert (incident.kind, incident.element_id, incident.instance_id) == ("service", "s", instance_id)
    nothing_is_stuck(world)
    retry(world, incident.id, at)
    assert run(world, found.id, at)
    assert service.calls[-1].attempt == 1
    assert len({call.idempotency_key for call in service.calls}) == 1
    assert only(world, instance.instance).incidents == 0
    assert only(world, user_task.user_task).element_id == "a"


def retry(world: World, incident_id: str, at: datetime) -> None:
    with world.database.transaction() as session:
        retry_incident(session, world.env, incident_id, actor=ADMINISTRATOR, now=at)


def test_an_error_that_no_retry_helps_is_an_incident_at_once(world: World, service: Service) -> None:
    with_service(world)
    service.answers = [ServiceError("wrong address", retry=False)]
    run(world, only(world, job.job).id)
    assert only(world, job.job).status == "failed"


def test_an_incident_is_resolved_once_and_by_an_administrator(world: World, service: Service) -> None:
    with_service(world)
    service.answers = [ServiceError("wrong", retry=False)]
    run(world, only(world, job.job).id)
    with world.database.reading() as session:
        (incident,) = incidents(session, actor=Actor.system("test"))
    with pytest.raises(NotAllowed), world.database.transaction() as session:
        retry_incident(session, world.env, incident.id, actor=CLERK, now=world.now)
    retry(world, incident.id, world.now)
    with pytest.raises(Refused, match="处理过"):
        retry(world, incident.id, world.now)


def test_the_diagram_catches_a_business_error(world: World, service: Service) -> None:
    with_service(world)
    service.answers = [BusinessError("REFUSED", "不予受理")]
    run(world, only(world, job.job).id)
    row = only(world, instance.instance)
    assert (row.status, row.end_event) == ("completed", "sorry")


def test_a_worker_back_from_a_pause_changes_nothing(world: World, service: Service) -> None:
    """SIGSTOP past the lease, another worker takes over, SIGCONT (promise P8)."""
    with_service(world)
    found = only(world, job.job)
    later = world.now + timedelta(minutes=6)
    with world.database.transaction() as session:
        first = begin_job(session, found.id, worker="one", now=world.now)
    with world.database.transaction() as session:
        assert begin_job(session, found.id, worker="two", now=world.now) is None, "the lease holds"
    assert claim(world, later) == (found.id,), "a silent worker's job is handed out again"
    with world.database.transaction() as session:
        second = begin_job(session, found.id, worker="two", now=later)
    assert first is not None and second is not None
    assert first.idempotency_key == second.idempotency_key
    with world.database.transaction() as session:
        late = {"number": "old"}
        assert not finish_job(session, world.env, found.id, result=late, now=later, attempt=first.attempt)
        assert finish_job(session, world.env, found.id, result={"number": "new"}, now=later, attempt=second.attempt)
    with world.database.transaction() as session:
        assert not finish_job(session, world.env, found.id, result=late, now=later, attempt=first.attempt)
    assert only(world, instance.instance).version == 2


def test_a_job_that_kills_its_workers_becomes_an_incident(world: World, service: Service) -> None:
    with_service(world)
    found = only(world, job.job)
    at = world.now
    for _ in range(11):
        with world.database.transaction() as session:
            begin_job(session, found.id, worker="doomed", now=at)
        at += timedelta(minutes=6)
    with world.database.reading() as session:
        assert [row.kind for row in incidents(session, actor=Actor.system("test"))] == ["worker"]
    assert claim(world, at) == ()


def test_a_result_that_comes_during_a_suspension_is_kept(world: World, service: Service) -> None:
    instance_id = with_service(world)
    found = only(world, job.job)
    with world.database.transaction() as session:
        call = begin_job(session, found.id, worker="w", now=world.now)
    with world.database.transaction() as session:
        suspend_instance(session, world.env, instance_id, reason="核实", actor=ADMINISTRATOR, now=world.now)
    assert call is not None
    with world.database.transaction() as session:
        assert finish_job(session, world.env, found.id, result={"number": "9"}, now=world.now, attempt=call.attempt)
    assert only(world, instance.instance).version == 2
    with world.database.transaction() as session:
        resume_instance(session, world.env, instance_id, reason="好了", actor=ADMINISTRATOR, now=world.now)
    assert run(world, found.id)
    assert service.calls == [], "the outside is not asked again"
    assert only(world, user_task.user_task).element_id == "a"


def test_a_step_that_fails_after_the_call_keeps_the_result(world: World, service: Service) -> None:
    diagram = Diagram().start().service("s", "letter", variables="number").xor("g").end("e1").end("e2")
    diagram.flow("start", "s", "g").flow("g", "e1", when="nothing = 1").flow("g", "e2", when="ok = true")
    world.publish(diagram)
    world.start()
    found = only(world, job.job)
    run(world, found.id)
    with world.database.reading() as session:
        (incident,) = incidents(session, actor=Actor.system("test"))
    assert incident.job_id == found.id and only(world, job.job).status == "failed"
    world.domain.told_facts["ok"] = True
    retry(world, incident.id, world.now)
    assert run(world, found.id)
    assert len(service.calls) == 1
    assert only(world, instance.instance).status == "completed"


def test_two_pumps_share_the_work(world: World) -> None:
    with_timer(world)
    world.start(idempotency_key="two")
    due = world.now + timedelta(days=1)
    with world.database.transaction() as one:
        first = claim_due_jobs(one, worker="a", now=due, wall_now=due, limit=1)
        one.flush()
        if world.database.is_postgresql:
            with world.database.transaction() as two:
                second = claim_due_jobs(two, worker="b", now=due, wall_now=due, limit=5)
            assert len(first) == len(second) == 1 and first != second
