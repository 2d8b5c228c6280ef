"""Starting, moving, stopping and ending cases; incidents and what becomes of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.commands.cancel_instance import cancel_instance
from engine.commands.move_token import move_token
from engine.commands.open_incident import open_incident
from engine.commands.resume_instance import resume_instance
from engine.commands.retry_incident import retry_incident
from engine.commands.suspend_instance import suspend_instance
from engine.errors import (
    Conflict,
    EngineError,
    InstanceNotRunning,
    NotAllowed,
    NotFound,
    Refused,
    StepFailed,
    TaskAlreadyClosed,
)
from engine.queries.health import health
from engine.queries.incidents import incidents
from engine.queries.instance import instance as view_instance
from engine.queries.instances import instances
from engine.queries.processes import processes
from engine.queries.stuck import stuck
from engine.queries.version_bundle import version_bundle
from engine.store import history, incident, user_task
from engine.store.instance import instance
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, CLERK, LEADER, OTHER_CLERK, World


def simple(world: World, number: int = 1) -> str:
    diagram = Diagram().start().user("a", variables="verdict").user("b").end().flow("start", "a", "b", "end")
    return world.publish(diagram, "a", "b", number=number)


def count(world: World, table: sa.Table) -> int:
    with world.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(table)))


def act(world: World, verb: Any, instance_id: str, actor: Any = ADMINISTRATOR, **more: Any) -> Any:
    with world.database.transaction() as session:
        return verb(session, world.env, instance_id, reason="核实", actor=actor, now=world.now, **more)


# -- starting -------------------------------------------------------------------------------------------------------


def test_starting_twice_with_one_key_starts_once(world: World) -> None:
    simple(world)
    first = world.start()
    assert world.start() == replace(first, already=True)
    assert count(world, instance) == 1 and world.domain.cases == 1
    with pytest.raises(Conflict):
        world.start(actor=OTHER_CLERK)


def test_starting_at_the_same_moment_with_one_key_starts_once(world: World) -> None:
    simple(world)
    together = threading.Barrier(5)
    answers: list[Any] = []

    def click() -> None:
        together.wait()
        try:
            answers.append(world.start())
        except EngineError as error:
            answers.append(error)

    threads = [threading.Thread(target=click) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {getattr(each, "instance_id", each) for each in answers} == {answers[0].instance_id}
    assert count(world, instance) == 1


def test_starting_needs_a_process_and_the_right(world: World) -> None:
    with pytest.raises(NotFound):
        world.start("nothing")
    simple(world)
    with pytest.raises(NotAllowed):
        world.start(actor=LEADER)


def test_running_cases_stay_on_their_version(world: World) -> None:
    old = simple(world)
    running = world.start().instance_id
    diagram = Diagram().start().user("c").end().flow("start", "c", "end")
    new = world.publish(diagram, "c", number=2)
    later = world.start(idempotency_key="later")
    with world.database.reading() as session:
        before, after = (
            view_instance(session, world.env, running, actor=Actor.system("test")),
            view_instance(session, world.env, later.instance_id, actor=Actor.system("test")),
        )
        (process,) = processes(session)
        assert version_bundle(session, new).key == "p"
    assert (before.version_id, before.version_number, before.latest_number) == (old, 1, 2)
    assert (after.version_id, after.tokens) == (new, (("p", "c"),))
    assert [(row.number, row.running) for row in process.versions] == [(2, 1), (1, 1)]


# -- acts of an administrator


def test_a_case_shows_where_it_stands(world: World) -> None:
    simple(world)
    started = world.start()
    world.complete(started.opened_task_ids[0])
    with world.database.reading() as session:
        view = view_instance(session, world.env, started.instance_id, actor=Actor.system("test"))
        listed = instances(session, actor=Actor.system("test"), status="running", key="p").rows
    assert view.tokens == (("p", "b"),)
    assert ("p", "a") in view.done_elements
    assert view.flows
    assert [row.id for row in listed] == [started.instance_id]


def test_suspending_resuming_cancelling(world: World) -> None:
    simple(world)
    started = world.start()
    with pytest.raises(NotAllowed):
        act(world, suspend_instance, started.instance_id, actor=CLERK)
    with pytest.raises(Refused):
        act(world, resume_instance, started.instance_id)
    act(world, suspend_instance, started.instance_id)
    with pytest.raises(InstanceNotRunning):
        act(world, suspend_instance, started.instance_id)
    act(world, resume_instance, started.instance_id)
    world.complete(started.opened_task_ids[0])
    act(world, cancel_instance, started.instance_id)
    with pytest.raises(InstanceNotRunning):
        act(world, cancel_instance, started.instance_id)
    with world.database.reading() as session:
        kinds = [row.kind for row in session.execute(sa.select(history.history).order_by(history.history.c.step))]
        view = view_instance(session, world.env, started.instance_id, actor=Actor.system("test"))
        open_tasks = session.execute(sa.select(user_task.user_task.c.status)).scalars().all()
    assert kinds == ["start", "suspend", "resume", "task", "cancel"]
    assert (view.status, view.ended_at, view.tokens) == ("cancelled", world.now, ())
    assert sorted(open_tasks) == ["done", "withdrawn"]


def test_moving_a_token(world: World) -> None:
    simple(world)
    started = world.start()
    (task_id,) = started.opened_task_ids
    with pytest.raises(NotAllowed):
        act(world, move_token, started.instance_id, actor=CLERK, token_id=task_id, to_element="b")
    outcome = act(world, move_token, started.instance_id, token_id=task_id, to_element="b")
    assert [each.element_id for each in outcome.opened] == ["b"]
    with pytest.raises(TaskAlreadyClosed):
        world.complete(task_id)
    with pytest.raises(Refused):
        act(world, move_token, started.instance_id, token_id=outcome.opened[0].token_id, to_element="nowhere")


# -- incidents ------------------------------------------------------------------------------------------------------


def broken(world: World) -> str:
    """A case whose next step fails until the domain knows `ok`."""
    diagram = Diagram().start().user("a", variables="verdict").xor("g").user("b").end().end("x")
    diagram.flow("start", "a", "g").flow("g", "b", when="ok = true").flow("g", "x", when="ok = 7").flow("b", "end")
    world.publish(diagram, "a", "b")
    return world.start().opened_task_ids[0]


def fail(world: World, task_id: str) -> str | None:
    """As the edge does: roll back, then open an incident in a new transaction."""
    with pytest.raises(StepFailed) as failed:
        world.complete(task_id, fields={"verdict": "ok"}, idempotency_key="clerk's key")
    with world.database.transaction() as session:
        return open_incident(session, failed.value, actor=CLERK, now=world.now)


def test_a_failed_step_leaves_an_incident_that_can_be_retried(world: World) -> None:
    task_id = broken(world)
    incident_id = fail(world, task_id)
    assert fail(world, task_id) == incident_id, "who tries again makes no second incident"
    with world.database.reading() as session:
        (row,) = incidents(session, actor=Actor.system("test"))
        assert stuck(session, actor=Actor.system("test")) == ()
        assert health(session, world.now).open_incidents == 1
    assert (row.kind, row.element_id) != ("", None)
    assert incident_id is not None
    with pytest.raises(StepFailed), world.database.transaction() as session:
        retry_incident(session, world.env, incident_id, actor=ADMINISTRATOR, now=world.now)
    world.domain.told_facts["ok"] = True
    with world.database.transaction() as session:
        retry_incident(session, world.env, incident_id, actor=ADMINISTRATOR, now=world.now)
    with world.database.reading() as session:
        done = session.execute(sa.select(user_task.user_task).where(user_task.user_task.c.id == task_id)).one()
        assert incidents(session, actor=Actor.system("test")) == ()
    assert (done.status, done.closed_by) == ("done", "li"), "in the name of the person who had submitted"
    assert world.complete(task_id, idempotency_key="clerk's key").already


def test_a_later_success_resolves_the_incident(world: World) -> None:
    task_id = broken(world)
    fail(world, task_id)
    world.domain.told_facts["ok"] = True
    world.complete(task_id)
    with world.database.reading() as session:
        assert incidents(session, actor=Actor.system("test")) == ()
        (resolved,) = incidents(session, actor=Actor.system("test"), status="resolved")
        assert session.scalar(sa.select(instance.c.incidents)) == 0
    assert resolved.resolution == "重新办理成功"


def test_a_start_that_fails_leaves_nothing(world: World) -> None:
    diagram = Diagram().start().xor("g").end().end("x")
    diagram.flow("start", "g").flow("g", "end", when="ok = 1").flow("g", "x", when="ok = 2")
    world.publish(diagram)
    with pytest.raises(StepFailed) as failed:
        world.start()
    with world.database.transaction() as session:
        assert open_incident(session, failed.value, actor=CLERK, now=world.now) is None
    assert count(world, instance) == count(world, incident.incident) == 0


def test_a_quiet_case_is_found(world: World) -> None:
    simple(world)
    started = world.start()
    with world.database.transaction() as session:
        session.execute(sa.update(user_task.user_task).values(status="done"))
    with world.database.reading() as session:
        assert [row.id for row in stuck(session, actor=Actor.system("test"))] == [started.instance_id]
