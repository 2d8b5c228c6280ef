"""Jobs whose step meets what nobody foresaw: each ends as one incident with its cause, and is in nobody's way (P9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.retry_incident import retry_incident
from engine.commands.run_job import run_job
from engine.domain import ServiceCall, Tools
from engine.errors import Conflict, NotFound, StateUnreadable, StepFailed
from engine.retry import DEFAULT
from engine.store import ConnectionLost, incident, instance, job, user_task
from engine.store.session import Session
from engine.store.trouble import is_passing
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, World
from tests.fakes import FakeDomain

GOOD = 50
SECRET = "王小明"  # what an error's text may quote and no incident may show


class Poisoned(FakeDomain):
    """A domain in which the facts of some cases cannot be read."""

    errors: dict[str, list[BaseException]]

    def facts(self, session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
        answers = self.errors.get(case_id, [])
        if answers:
            raise answers[0] if len(answers) == 1 else answers.pop(0)
        return self.told_facts


@pytest.fixture
def domain(world: World) -> Poisoned:
    made = Poisoned()
    made.errors = {}
    world.domain = made
    object.__setattr__(world.env, "domain", made)
    return made


def timers() -> Diagram:
    diagram = Diagram().start().user("a").end().boundary("late", on="a", event="timer PT1H").end("expired")
    return diagram.flow("start", "a", "end").flow("late", "expired")


def services() -> Diagram:
    return Diagram().start().service("s", "letter", variables="number").user("a").end().flow("start", "s", "a", "end")


def work(world: World, at: datetime) -> int:
    """What the pump and a worker do at this instant; how many jobs they took."""
    with world.database.transaction() as session:
        ids = claim_due_jobs(session, worker="pump", now=at, wall_now=at, limit=200)
    for each in ids:
        run_job(world.database, world.env, each, clock=FixedClock(at), worker="w")
    return len(ids)


def work_for(world: World, at: datetime, *, minutes: int = 30) -> int:
    """Work whatever comes due in this time; how many tries it took."""
    return sum(work(world, at + timedelta(seconds=10 * step)) for step in range(minutes * 6))


def rows(world: World, table: sa.Table, *conditions: Any) -> list[Any]:
    with world.database.reading() as session:
        return list(session.execute(sa.select(table).where(*conditions)))


def poison(domain: Poisoned, world: World, *errors: BaseException) -> str:
    """Fifty good cases and, in their middle, a bad one; its id."""
    bad = ""
    for number in range(GOOD + 1):
        started = world.start(idempotency_key=f"start-{number}").instance_id
        if number == GOOD // 2:
            bad, domain.errors[f"case-{domain.cases}"] = started, list(errors)
    return bad


@pytest.mark.parametrize("error", [TypeError(SECRET), NotFound("没有这个案件")], ids=["bug", "missing"])
@pytest.mark.parametrize("kind", ["timer", "service"])
def test_a_poison_job_among_good_ones(world: World, domain: Poisoned, kind: str, error: Exception) -> None:
    calls: list[str] = []

    def letter(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
        calls.append(call.instance_id)
        return {"number": "7"}

    domain.services = {"letter": letter}
    world.publish(timers() if kind == "timer" else services(), "a")
    bad = poison(domain, world, error)
    due = world.now + timedelta(hours=1) if kind == "timer" else world.now

    assert work(world, due) == GOOD + 1
    left = rows(world, job.job, job.job.c.status != "done")
    assert [row.instance_id for row in left] == [bad], "the good ones all ran at once"
    assert (left[0].status, left[0].attempt) == ("pending", 1) and left[0].due_at > due

    assert work_for(world, due) == DEFAULT.attempts - 1
    (found,) = rows(world, incident.incident)
    assert (found.instance_id, found.kind, found.status) == (bad, "program", "open")
    assert type(error).__name__ in found.message and SECRET not in str(found)
    (given_up,) = rows(world, job.job, job.job.c.instance_id == bad)
    assert (given_up.status, given_up.attempt) == ("failed", DEFAULT.attempts)
    assert SECRET not in given_up.last_error

    later = due + timedelta(days=1)
    retry(world, found.id, later)
    assert work_for(world, later) == DEFAULT.attempts, "a fresh budget"
    again, *others = rows(world, incident.incident, incident.incident.c.status == "open")
    assert others == []

    domain.errors.clear()
    retry(world, again.id, later + timedelta(days=1))
    assert work(world, later + timedelta(days=1)) == 1
    assert rows(world, incident.incident, incident.incident.c.status == "open") == []
    (well,) = rows(world, instance.instance, instance.instance.c.id == bad)
    assert well.incidents == 0
    assert well.status == ("completed" if kind == "timer" else "running")
    if kind == "service":
        assert len(calls) == GOOD + 1, "the outside was asked once, also by the poison job"


def retry(world: World, incident_id: str, at: datetime) -> None:
    with world.database.transaction() as session:
        retry_incident(session, world.env, incident_id, actor=ADMINISTRATOR, now=at)


def test_a_poison_receiver_keeps_the_message_from_nobody_else(world: World, domain: Poisoned) -> None:
    waiting = Diagram("w").start().catch("hear", event="message MSG_X", message_key='"k"').end()
    world.publish(waiting.flow("start", "hear", "end"))
    sending = Diagram("t").start().throw("say", event="message MSG_X", message_key='"k"').end()
    world.publish(sending.flow("start", "say", "end"))
    receivers = [world.start("w", idempotency_key=f"w-{number}").instance_id for number in range(GOOD + 1)]
    bad = receivers[GOOD // 2]
    domain.errors[f"case-{GOOD // 2 + 1}"] = [TypeError(SECRET)]
    world.start("t")

    work_for(world, world.now, minutes=5)
    ended = {row.id for row in rows(world, instance.instance, instance.instance.c.status == "completed")}
    assert ended >= set(receivers) - {bad} and bad not in ended
    (found,) = rows(world, incident.incident)
    assert (found.instance_id, found.kind) == (bad, "program") and SECRET not in str(found)

    with pytest.raises(TypeError):
        retry(world, found.id, world.now)
    (still,) = rows(world, incident.incident)
    assert still.status == "open", "the retry failed and changed nothing"
    domain.errors.clear()
    retry(world, found.id, world.now)
    assert rows(world, instance.instance, instance.instance.c.id == bad)[0].status == "completed"


@pytest.mark.parametrize("trouble", [Conflict(), ConnectionLost()], ids=["conflict", "connection"])
def test_trouble_of_the_database_uses_up_no_try(world: World, domain: Poisoned, trouble: Exception) -> None:
    world.publish(timers(), "a")
    world.start()
    domain.errors["case-1"] = [trouble]
    due = world.now + timedelta(hours=1)
    (found,) = rows(world, job.job)
    for _ in range(3 * DEFAULT.attempts):
        with pytest.raises(type(trouble)):
            run_job(world.database, world.env, found.id, clock=FixedClock(due), worker="w")
    (left,) = rows(world, job.job)
    assert (left.status, left.attempt, left.due_at) == ("pending", 0, due)
    assert rows(world, incident.incident) == []
    domain.errors.clear()
    assert run_job(world.database, world.env, found.id, clock=FixedClock(due), worker="w")


def test_a_state_that_cannot_be_read_is_an_incident_for_the_person_too(world: World) -> None:
    world.publish(Diagram().start().user("a").end().flow("start", "a", "end"), "a")
    world.start()
    with world.database.transaction() as session:
        session.execute(sa.update(instance.instance).values(state=b"\xff of another age"))
    (task,) = rows(world, user_task.user_task)
    with pytest.raises(StepFailed) as told:
        world.complete(task.id)
    assert told.value.kind == "state" and isinstance(told.value.__cause__, StateUnreadable)
    assert told.value.detail["instance_id"] == task.instance_id and told.value.detail["request"]


def test_a_taken_key_counts_as_a_try_and_a_lock_does_not() -> None:
    taken = Conflict()
    taken.__cause__ = Exception("UNIQUE constraint failed: a.b")
    assert not is_passing(taken)
    locked = Conflict()
    locked.__cause__ = Exception("database is locked")
    assert is_passing(locked) and is_passing(Conflict()) and is_passing(ConnectionLost())
    assert not is_passing(TypeError())
