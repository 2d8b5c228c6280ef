"""To which earlier steps a case can be sent back, and to which not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands.return_task import return_task
from engine.errors import Refused
from engine.queries.places_back import places_back
from tests.commands.test_hands import do, read
from tests.diagrams import Diagram
from tests.factories import CLERK, World


def parallel(world: World) -> dict[str, str]:
    """a, then b and c side by side (b2 after b), then d; the open tasks by element."""
    diagram = Diagram().start().user("a").par("split").user("b").user("b2").user("c").par("join").user("d").end()
    diagram.flow("start", "a", "split", "b", "b2", "join", "d", "end").flow("split", "c", "join")
    world.publish(diagram, "a", "b", "b2", "c", "d")
    return opened_by(world, world.complete(world.start().opened_task_ids[0]).opened_task_ids)


def opened_by(world: World, task_ids: Any) -> dict[str, str]:
    return {read(world, each).element_id: each for each in task_ids}


def send_back(world: World, task_id: str, to: str) -> Any:
    return do(world, return_task, world.env, task_id, to_element=to, reason="重办")


def allowed_back(world: World, task_id: str) -> frozenset[str]:
    with world.database.reading() as session:
        wanted = ("a", "b", "b2", "c", "d")
        return places_back(session, world.env, task_id, wanted=wanted, actor=CLERK)


def test_a_branch_goes_back_within_itself(world: World) -> None:
    tasks = parallel(world)
    (second,) = world.complete(tasks["b"]).opened_task_ids
    assert allowed_back(world, second) == {"b"}
    (anew,) = send_back(world, second, "b").opened
    (second,) = world.complete(anew.token_id).opened_task_ids
    world.complete(tasks["c"])
    assert allowed_back(world, second) == {"b"}
    (last,) = world.complete(second).opened_task_ids
    assert world.complete(last).finished


@pytest.mark.parametrize("to", ["before the split", "the other branch", "into a branch, from behind the join"])
def test_no_step_is_gone_back_to_that_would_double_or_starve_a_branch(world: World, to: str) -> None:
    tasks = parallel(world)
    (second,) = world.complete(tasks["b"]).opened_task_ids
    if to == "before the split":
        here, target = second, "a"
    elif to == "the other branch":
        world.complete(tasks["c"])
        here, target = second, "c"
    else:
        world.complete(tasks["c"])
        (here,) = world.complete(second).opened_task_ids
        target = "b"
    with pytest.raises(Refused, match="并行"):
        send_back(world, here, target)
    assert read(world, here).status == "open"


def test_from_behind_the_join_a_case_goes_back_before_the_split(world: World) -> None:
    tasks = parallel(world)
    (second,) = world.complete(tasks["b"]).opened_task_ids
    world.complete(tasks["c"])
    (last,) = world.complete(second).opened_task_ids
    assert allowed_back(world, last) == {"a"}
    (anew,) = send_back(world, last, "a").opened
    assert set(opened_by(world, world.complete(anew.token_id).opened_task_ids)) == {"b", "c"}
