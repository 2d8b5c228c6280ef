"""A person completes a user task: once, wholly, with the right, and in few round trips."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.suspend_instance import suspend_instance
from engine.errors import (
    Conflict,
    EngineError,
    InstanceNotRunning,
    NotAllowed,
    NotFound,
    StepFailed,
    SubmissionInvalid,
    TaskAlreadyClosed,
    TaskClaimedByOther,
)
from engine.store import history, instance, submission, user_task
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, CLERK, LEADER, OTHER_CLERK, STRANGER, World


def two_tasks() -> Diagram:
    diagram = Diagram().start().user("a", variables="verdict").user("b", separate_from="a").end()
    return diagram.flow("start", "a", "b", "end")


@pytest.fixture
def running(world: World) -> str:
    """The open task `a` of a running instance."""
    world.publish(two_tasks(), "a", "b")
    (task_id,) = world.start().opened_task_ids
    return task_id


def rows(world: World, table: sa.Table) -> list[Any]:
    with world.database.reading() as session:
        return list(session.execute(sa.select(table)))


def test_a_step_is_written_whole(world: World, running: str) -> None:
    done = world.complete(running, fields={"verdict": "ok", "note": "看过了"})
    tasks = {row.element_id: row for row in rows(world, user_task.user_task)}
    assert (tasks["a"].status, tasks["a"].closed_by, tasks["a"].closed_at) == ("done", "li", world.now)
    assert (tasks["b"].status, tasks["b"].place, tasks["b"].subject) == ("open", "510722101201", "王**")
    assert done.opened_task_ids == (tasks["b"].id,)
    (row,) = rows(world, instance.instance)
    assert (row.version, row.status, row.tokens) == (2, "running", [["p", "b"]])
    assert [(each.step, each.kind, each.element_id) for each in rows(world, history.history)] == [
        (1, "start", None),
        (2, "task", "a"),
    ]
    stored = next(each for each in rows(world, submission.submission) if each.task_id == running)
    assert stored.fields == {"verdict": "ok", "note": "看过了"}
    assert world.domain.submitted[0].fields["note"] == "看过了"


def test_the_end_closes_the_instance(world: World, running: str) -> None:
    (second,) = world.complete(running).opened_task_ids
    assert world.complete(second, actor=OTHER_CLERK).finished
    (row,) = rows(world, instance.instance)
    assert (row.status, row.end_event, row.ended_at, row.state, row.tokens) == ("completed", "end", world.now, None, [])
    assert world.domain.ended == [("case-1", "end")]


def test_the_same_request_again_gets_the_same_answer(world: World, running: str) -> None:
    first = world.complete(running, idempotency_key="once")
    again = world.complete(running, idempotency_key="once")
    assert again == replace(first, already=True)
    assert len(world.domain.submitted) == 1


def test_a_key_of_another_person_or_task_is_refused(world: World, running: str) -> None:
    (second,) = world.complete(running, idempotency_key="once").opened_task_ids
    with pytest.raises(Conflict):
        world.complete(running, idempotency_key="once", actor=OTHER_CLERK)
    with pytest.raises(Conflict):
        world.complete(second, idempotency_key="once")


def test_a_closed_task_says_who_closed_it(world: World, running: str) -> None:
    world.complete(running)
    with pytest.raises(TaskAlreadyClosed, match="李四") as refused:
        world.complete(running, actor=OTHER_CLERK, idempotency_key="later")
    assert refused.value.closed_by == "李四"


def test_right_place_and_holder_are_asked(world: World, running: str) -> None:
    with pytest.raises(NotAllowed):
        world.complete(running, actor=STRANGER)
    with pytest.raises(NotAllowed):
        world.complete(running, actor=LEADER)
    with pytest.raises(NotFound):
        world.complete("no such task")
    with world.database.transaction() as session:
        claim_task(session, running, actor=OTHER_CLERK, now=world.now)
    with pytest.raises(TaskClaimedByOther, match="张三"):
        world.complete(running)


def test_duties_stay_separate(world: World, running: str) -> None:
    (second,) = world.complete(running).opened_task_ids
    with pytest.raises(NotAllowed, match="他人"):
        world.complete(second)
    world.complete(second, actor=OTHER_CLERK)


def test_a_wrong_form_changes_nothing(world: World, running: str) -> None:
    with pytest.raises(SubmissionInvalid):
        world.complete(running, fields={"director_approved": "true"})
    assert rows(world, instance.instance)[0].version == 1
    assert world.domain.submitted == []


def test_a_suspended_case_waits(world: World, running: str) -> None:
    (row,) = rows(world, instance.instance)
    with world.database.transaction() as session:
        suspend_instance(session, world.env, row.id, reason="等待核实", actor=ADMINISTRATOR, now=world.now)
    with pytest.raises(InstanceNotRunning, match="暂停"):
        world.complete(running)


def test_a_step_that_fails_changes_nothing(world: World) -> None:
    diagram = Diagram().start().user("a").xor("g").end("e1").end("e2")
    diagram.flow("start", "a", "g").flow("g", "e1", when="nothing = 1").flow("g", "e2", when="nothing = 2")
    world.publish(diagram, "a")
    (task_id,) = world.start().opened_task_ids
    with pytest.raises(StepFailed) as failed:
        world.complete(task_id)
    assert failed.value.detail["instance_id"] == rows(world, instance.instance)[0].id
    assert rows(world, instance.instance)[0].version == 1
    assert len(rows(world, submission.submission)) == 1


def test_two_round_trips_and_one_commit(world: World, running: str) -> None:
    world.complete(running)  # compiles the version and prepares the statements
    (task_id,) = world.start(idempotency_key="second").opened_task_ids
    with world.database.count_round_trips() as traffic:
        world.complete(task_id)
    assert traffic.commits == 1
    if world.database.is_postgresql:
        assert traffic.trips == 2
    else:
        assert traffic.trips <= 9, traffic.texts


@pytest.mark.parametrize("same_key", [True, False])
def test_two_at_once_have_one_effect(world: World, running: str, same_key: bool) -> None:
    """Two threads, each with its own connection, on the real database: one wins, the other gets a friendly answer."""
    together = threading.Barrier(6)
    answers: list[Any] = []

    def click(number: int) -> None:
        together.wait()
        try:
            answers.append(world.complete(running, idempotency_key="key" if same_key else f"key-{number}"))
        except EngineError as error:
            answers.append(error)

    threads = [threading.Thread(target=click, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    won = [each for each in answers if not isinstance(each, Exception) and not each.already]
    assert len(won) == 1
    others = [each for each in answers if each is not won[0]]
    if same_key:
        assert others == [replace(won[0], already=True)] * 5
    else:
        assert all(isinstance(each, TaskAlreadyClosed) for each in others), others
    assert len(world.domain.submitted) == 1
    assert [row.step for row in rows(world, history.history)] == [1, 2]
    assert len([row for row in rows(world, user_task.user_task) if row.element_id == "b"]) == 1


def test_the_later_one_waits_and_sees_what_the_earlier_one_did(world: World, running: str) -> None:
    """The earlier transaction is held open, so the later one must wait at the lock and read after it."""
    answers: list[Any] = []

    def later() -> None:
        try:
            answers.append(world.complete(running, actor=OTHER_CLERK, idempotency_key="later"))
        except EngineError as error:
            answers.append(error)

    waiting = threading.Thread(target=later)
    with world.database.transaction() as session:
        complete_task(session, world.env, running, fields={}, actor=CLERK, now=world.now, idempotency_key="earlier")
        session.flush()
        waiting.start()
        time.sleep(0.3)
        assert answers == []
    waiting.join()
    assert isinstance(answers[0], TaskAlreadyClosed), answers
    assert answers[0].closed_by == "李四"


def test_the_holder_may_complete_though_another_clerk_could(world: World, running: str) -> None:
    with world.database.transaction() as session:
        claim_task(session, running, actor=CLERK, now=world.now)
    assert not world.complete(running).finished
