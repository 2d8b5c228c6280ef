"""Opinions that a step waits for: asked for at run time (加签, 减签), or set by the diagram (会签, 或签, 依次)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.access import Actor, Grant
from engine.commands.add_cosigner import add_cosigner
from engine.commands.remove_cosigner import remove_cosigner
from engine.commands.sign_task import sign_task
from engine.errors import NotAllowed, Refused
from engine.store import signature
from tests.commands.test_hands import COUNTY_READER, do, read, story, told
from tests.commands.test_hands import opened as opened
from tests.diagrams import Diagram
from tests.factories import CLERK, LEADER, STRANGER, World


def ask(world: World, task_id: str, who: Actor = LEADER) -> None:
    do(world, add_cosigner, world.env, task_id, cosigner=who, reason="请核政策口径")


def sign(world: World, task_id: str, who: Actor, *, agrees: bool = True) -> None:
    do(world, sign_task, world.env, task_id, agrees=agrees, opinion="同意按此办理", actor=who)


def signatures(world: World, task_id: str) -> list[Any]:
    with world.database.reading() as session:
        return session.rows(signature.OF_TASK, {"of_task": task_id})


def test_a_step_waits_for_the_opinions_asked_for(world: World, opened: str) -> None:
    ask(world, opened)
    ask(world, opened)
    ask(world, opened, COUNTY_READER)
    assert read(world, opened).assignee == "li"
    assert [row.person for row in signatures(world, opened)] == ["zhao", "feng"]
    with pytest.raises(Refused, match="还差:赵六、冯七"):
        world.complete(opened)
    sign(world, opened, LEADER, agrees=False)
    with pytest.raises(Refused, match="已签署"):
        sign(world, opened, LEADER)
    with pytest.raises(Refused, match="还差:冯七"):
        world.complete(opened)
    with pytest.raises(Refused, match="已签署意见,不能减去"):
        drop(world, opened, 0)
    drop(world, opened, 1)
    with pytest.raises(NotAllowed):
        sign(world, opened, COUNTY_READER)
    world.complete(opened)
    kinds = [row.kind for row in story(world, opened)]
    assert kinds == ["start", "cosign_ask", "cosign_ask", "cosign", "cosign_drop", "task"]
    assert [kind for kind, _to in told(world)] == ["task_sign", "task_sign", "task_signed", "task_not_sign"]


def drop(world: World, task_id: str, number: int) -> None:
    row = signatures(world, task_id)[number]
    do(world, remove_cosigner, world.env, task_id, signature_id=row.id, reason="已口头答复")


def test_who_is_asked_must_see_the_file(world: World, opened: str) -> None:
    with pytest.raises(NotAllowed, match="钱五 无权查阅"):
        ask(world, opened, STRANGER)
    with pytest.raises(Refused, match="自己"):
        ask(world, opened, CLERK)
    ask(world, opened, LEADER)
    with pytest.raises(NotAllowed, match="没有请您"):
        sign(world, opened, COUNTY_READER)
    with pytest.raises(NotAllowed, match="已无权"):
        sign(world, opened, replace(LEADER, grants=()))


@pytest.mark.parametrize("mode", ["all", "any", "in_turn"])
def test_signing_as_the_diagram_sets_it(world: World, mode: str) -> None:
    diagram = Diagram().start().user("a", sign=mode, signers="leader, head").end().flow("start", "a", "end")
    world.publish(diagram, "a")
    head = Actor(id="gao", name="高八", grants=(Grant(role="head", place="510722"),))
    both = replace(LEADER, grants=(*LEADER.grants, *head.grants))
    task_id = world.start().opened_task_ids[0]
    with pytest.raises(Refused, match="还差:leader、head"):
        world.complete(task_id)
    if mode == "in_turn":
        with pytest.raises(Refused, match="轮到"):
            sign(world, task_id, head)
    sign(world, task_id, both)
    with pytest.raises(Refused, match="不同的人"):
        sign(world, task_id, both)
    if mode == "any":
        world.complete(task_id)
        return
    with pytest.raises(Refused, match="还差:head"):
        world.complete(task_id)
    with pytest.raises(Refused, match="流程规定"):
        drop(world, task_id, 1)
    sign(world, task_id, head)
    world.complete(task_id)
