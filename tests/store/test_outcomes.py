"""`outcomes.apply` writes a step wholly, fenced, whatever the runtime decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import Conflict
from engine.outcome import (
    InstanceStatus,
    JobAdded,
    JobKind,
    JobVoided,
    Outcome,
    Passed,
    TaskClosed,
    TaskOpened,
    WaitAdded,
    WaitRemoved,
)
from engine.stimulus import Start, TaskCompleted
from engine.store import Database, history, instance, job, message_wait, outcomes, user_task
from engine.store.instance import InstanceRow, locked
from engine.store.outcomes import Submission
from engine.store.session import Session
from tests.diagrams import Diagram
from tests.factories import CLERK, publish

INSTANCE = "instance-1"


def opened(token_id: str) -> TaskOpened:
    return TaskOpened(
        token_id=token_id,
        element_id="a",
        process_key="p",
        name="核查",
        form="a",
        role="clerk",
        place=None,
        department=None,
        due_at=None,
        due_derivation=None,
    )


def first(session: Session, now: datetime) -> None:
    version_id = publish(session, Diagram().start().end().flow("start", "end").bundle(), now=now)
    row = InstanceRow(
        id=INSTANCE,
        process_key="p",
        version_id=version_id,
        case_id=None,
        case_kind="sample",
        place="510722101201",
        subject="王**",
        search_key="wang",
        status="running",
        state=None,
        version=0,
        incidents=0,
        started_by="li",
        started_at=now,
    )
    outcome = Outcome(
        state=b"one",
        status=InstanceStatus.RUNNING,
        opened=(opened("t1"), opened("t2")),
        jobs=(
            JobAdded(token_id="t1", element_id="late", kind=JobKind.TIMER, due_at=now + timedelta(days=1)),
            JobAdded(token_id="s1", element_id="s", kind=JobKind.SERVICE, due_at=now, service="letter"),
        ),
        waits=(WaitAdded(token_id="w1", element_id="w", name="MSG", key="k"),),
        passed=(Passed(element_id="start", process_key="p", name=None, kind="startEvent"),),
        tokens=(("p", "a"),),
    )
    stimulus = Start(instance_id=INSTANCE)
    outcomes.apply(session, row, outcome, stimulus=stimulus, actor=CLERK, now=now, queues={"letter": "urgent"})


@pytest.fixture
def started(database: Database, now: datetime) -> Database:
    with database.transaction() as session:
        first(session, now)
    return database


def second(session: Session, row: InstanceRow, now: datetime, key: str = "k", state: bytes = b"two") -> None:
    outcome = Outcome(
        state=state,
        status=InstanceStatus.RUNNING,
        closed=(TaskClosed(token_id="t1", completed=True), TaskClosed(token_id="t2", completed=False)),
        voided=(JobVoided(token_id="t1", kind=JobKind.TIMER),),
        unwaited=(WaitRemoved(token_id="w1"),),
    )
    made = Submission(idempotency_key=key, task_id="t1", element_id="a", form="a", fields={}, answer={"opened": []})
    stimulus = TaskCompleted(token_id="t1")
    outcomes.apply(session, row, outcome, stimulus=stimulus, actor=CLERK, now=now, element_id="a", submission=made)


def all_of(database: Database, table: sa.Table) -> list[Any]:
    with database.reading() as session:
        return list(session.execute(sa.select(table)))


def test_everything_of_a_step_is_there(started: Database, now: datetime) -> None:
    assert [row.queue for row in all_of(started, job.job)] == ["default", "urgent"]
    with started.transaction() as session:
        second(session, locked(session, INSTANCE), now)
    tasks = {row.id: row.status for row in all_of(started, user_task.user_task)}
    assert tasks == {"t1": "done", "t2": "withdrawn"}
    assert {row.kind: row.status for row in all_of(started, job.job)} == {"timer": "void", "service": "pending"}
    assert all_of(started, message_wait.message_wait) == []
    (row,) = all_of(started, instance.instance)
    assert (row.state, row.version) == (b"two", 2)
    steps = all_of(started, history.history)
    assert [(each.step, each.kind) for each in steps] == [(1, "start"), (2, "task")]
    assert steps[0].data["passed"] == [["start", "", None, "startEvent", None]]
    assert steps[1].data == {"withdrawn": ["t2"]}


def test_a_step_from_an_old_version_is_refused(started: Database, now: datetime) -> None:
    """The fence holds even for code that forgot to lock: both writers start from version 1."""
    with started.reading() as session:
        stale = locked(session, INSTANCE)
    with started.transaction() as session:
        second(session, stale, now)
    with pytest.raises(Conflict), started.transaction() as session:
        second(session, stale, now, key="other", state=b"zombie")
    assert all_of(started, instance.instance)[0].state == b"two"
    assert len(all_of(started, history.history)) == 2


def test_an_update_from_an_old_version_touches_nothing(started: Database, now: datetime) -> None:
    """The version in the update's own condition, without the history beside it."""
    values = {"instance_id": INSTANCE, "expected": 7, "new_status": "suspended", "new_incidents": 0}
    with pytest.raises(Conflict), started.transaction() as session:
        session.write(instance.TOUCH, values)
        session.flush()
    assert all_of(started, instance.instance)[0].status == "running"


def test_the_numbered_history_is_a_fence_of_its_own(started: Database, now: datetime) -> None:
    """What refuses the commit when it travels in the same pipeline as the update."""
    with started.reading() as session:
        stale = locked(session, INSTANCE)
    with started.transaction() as session:
        second(session, stale, now)
    from engine.store.changes import write_history

    with pytest.raises(Conflict), started.transaction() as session:
        write_history(session, stale, kind="task", element_id=None, actor=CLERK, now=now, data={})


def test_an_idempotency_key_is_used_once(started: Database, now: datetime) -> None:
    with started.transaction() as session:
        second(session, locked(session, INSTANCE), now, key="same")
    with pytest.raises(Conflict), started.transaction() as session:
        second(session, locked(session, INSTANCE), now, key="same")
    assert all_of(started, instance.instance)[0].version == 2
