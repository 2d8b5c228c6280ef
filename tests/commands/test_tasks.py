"""Claiming, handing on and sending back tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.commands.claim_task import claim_task
from engine.commands.delegate_task import delegate_task
from engine.commands.end_loans import end_loans
from engine.commands.return_task import return_task
from engine.commands.unclaim_task import unclaim_task
from engine.errors import NotAllowed, Refused, SubmissionInvalid, TaskAlreadyClosed, TaskClaimedByOther
from engine.queries.task import task
from engine.queries.timeline import timeline
from engine.store import user_task
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, CLERK, LEADER, OTHER_CLERK, STRANGER, World


@pytest.fixture
def opened(world: World) -> str:
    diagram = Diagram().start().user("a", variables="verdict").user("b", separate_from="a").end()
    world.publish(diagram.flow("start", "a", "b", "end"), "a", "b")
    return world.start().opened_task_ids[0]


def claim(world: World, task_id: str, actor: Any) -> None:
    with world.database.transaction() as session:
        claim_task(session, task_id, actor=actor, now=world.now)


def read(world: World, task_id: str) -> Any:
    with world.database.reading() as session:
        return session.execute(sa.select(user_task.user_task).where(user_task.user_task.c.id == task_id)).one()


def kinds(world: World, task_id: str) -> list[str]:
    with world.database.reading() as session:
        return [
            row.kind
            for row in timeline(session, world.env, read(world, task_id).instance_id, actor=Actor.system("test"))
        ]


def test_one_holds_it_and_may_give_it_back(world: World, opened: str) -> None:
    claim(world, opened, CLERK)
    claim(world, opened, CLERK)
    with pytest.raises(TaskClaimedByOther, match="李四"):
        claim(world, opened, OTHER_CLERK)
    with pytest.raises(TaskClaimedByOther), world.database.transaction() as session:
        unclaim_task(session, opened, actor=OTHER_CLERK, now=world.now)
    with world.database.transaction() as session:
        unclaim_task(session, opened, actor=CLERK, now=world.now)
    claim(world, opened, OTHER_CLERK)
    assert read(world, opened).assignee == "zhang"
    assert kinds(world, opened) == ["start", "claim", "unclaim", "claim"]


def test_claiming_asks_right_and_separation(world: World, opened: str) -> None:
    with pytest.raises(NotAllowed):
        claim(world, opened, STRANGER)
    (second,) = world.complete(opened).opened_task_ids
    with pytest.raises(NotAllowed, match="职责分离"):
        claim(world, second, CLERK)
    with pytest.raises(TaskAlreadyClosed):
        claim(world, opened, CLERK)


def delegate(
    world: World, task_id: str, *, to: str, actor: Any, reason: str = "出差", until: timedelta = timedelta(days=3)
) -> None:
    with world.database.transaction() as session:
        named = {"to_user": to, "to_name": to, "reason": reason, "until": world.now + until}
        delegate_task(session, world.env, task_id, **named, actor=actor, now=world.now)


@pytest.mark.parametrize("until", [timedelta(0), timedelta(days=-1), timedelta(days=31, seconds=1)])
def test_a_task_is_lent_until_a_day_that_is_not_far(world: World, opened: str, until: timedelta) -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        delegate(world, opened, to="zhao", actor=CLERK, until=until)
    assert [problem.field for problem in refused.value.problems] == ["until"]
    assert read(world, opened).assignee is None


def ended(world: World, after: timedelta) -> int:
    with world.database.transaction() as session:
        return end_loans(session, actor=ADMINISTRATOR, now=world.now + after)


def test_a_lent_task_goes_back_when_its_day_is_over(world: World, opened: str) -> None:
    claim(world, opened, CLERK)
    delegate(world, opened, to="zhao", actor=CLERK)
    assert ended(world, timedelta(days=3, seconds=-1)) == 0
    assert read(world, opened).assignee == "zhao"
    assert ended(world, timedelta(days=3)) == 1
    assert read(world, opened).assignee == CLERK.id
    assert ended(world, timedelta(days=3)) == 0
    with pytest.raises(NotAllowed):
        world.complete(opened, actor=LEADER)
    with world.database.reading() as session:
        told = timeline(session, world.env, read(world, opened).instance_id, actor=Actor.system("test"))
    assert [row.kind for row in told][-2:] == ["delegate", "loan-over"]
    assert told[-2].data["until"]


def test_a_task_that_nobody_held_goes_back_to_the_post(world: World, opened: str) -> None:
    delegate(world, opened, to="zhao", actor=CLERK)
    assert ended(world, timedelta(days=4)) == 1
    assert read(world, opened).assignee is None


def test_a_task_lent_on_goes_back_to_its_first_holder(world: World, opened: str) -> None:
    claim(world, opened, CLERK)
    delegate(world, opened, to="zhao", actor=CLERK)
    delegate(world, opened, to="qian", actor=ADMINISTRATOR)
    assert ended(world, timedelta(days=4)) == 1
    assert read(world, opened).assignee == CLERK.id


def test_what_was_done_on_loan_stays_done(world: World, opened: str) -> None:
    delegate(world, opened, to="zhao", actor=CLERK)
    world.complete(opened, actor=LEADER)
    assert ended(world, timedelta(days=4)) == 0
    assert read(world, opened).status == "done"


def test_only_who_runs_the_system_ends_loans(world: World) -> None:
    with pytest.raises(NotAllowed), world.database.transaction() as session:
        end_loans(session, actor=CLERK, now=world.now)


def test_whoever_gets_it_may_do_it(world: World, opened: str) -> None:
    with pytest.raises(SubmissionInvalid):
        delegate(world, opened, to="zhao", actor=CLERK, reason="  ")
    delegate(world, opened, to="zhao", actor=CLERK)
    with pytest.raises(TaskClaimedByOther):
        delegate(world, opened, to="zhang", actor=CLERK)
    delegate(world, opened, to="zhao", actor=ADMINISTRATOR)
    world.complete(opened, actor=LEADER)


def test_delegation_does_not_break_separation(world: World, opened: str) -> None:
    (second,) = world.complete(opened).opened_task_ids
    with pytest.raises(NotAllowed, match="职责分离"):
        delegate(world, second, to="li", actor=OTHER_CLERK)


def test_sending_back_opens_the_earlier_step_anew(world: World, opened: str) -> None:
    (second,) = world.complete(opened).opened_task_ids
    with pytest.raises(Refused, match="已办结"), world.database.transaction() as session:
        return_task(session, world.env, second, to_element="b", reason="缺", actor=OTHER_CLERK, now=world.now)
    with world.database.transaction() as session:
        outcome = return_task(
            session, world.env, second, to_element="a", reason="缺材料", actor=OTHER_CLERK, now=world.now
        )
    assert read(world, second).status == "withdrawn"
    (anew,) = outcome.opened
    assert anew.element_id == "a" and read(world, anew.token_id).status == "open"
    with world.database.reading() as session:
        last = timeline(session, world.env, read(world, opened).instance_id, actor=Actor.system("test"))[-1]
    assert (last.kind, last.data["act"], last.data["reason"]) == ("move", "return", "缺材料")
    with pytest.raises(TaskAlreadyClosed, match="撤回"):
        world.complete(second, actor=OTHER_CLERK)


def test_the_task_page_is_for_those_who_may_do_it_or_did(world: World, opened: str) -> None:
    with world.database.reading() as session:
        view = task(session, CLERK, opened)
        assert (view.may_work, view.form, view.element_process, view.version_number) == (True, "a", "p", 1)
        with pytest.raises(NotAllowed):
            task(session, STRANGER, opened)
