"""The counted bars: what a completion costs does not grow with the age of the case or the number of its siblings."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store import instance
from engine.store.traffic import Traffic
from tests.diagrams import Diagram, loop
from tests.factories import World


def completed(world: World, task_id: str, verdict: str = "again") -> tuple[str, Traffic]:
    """Complete the task; returns the task that opened and what was sent to the database."""
    with world.database.count_round_trips() as traffic:
        done = world.complete(task_id, fields={"verdict": verdict})
    return (done.opened_task_ids or ("",))[0], traffic


def state_size(world: World) -> int:
    with world.database.reading() as session:
        return len(session.execute(sa.select(instance.instance.c.state)).scalar_one())


def test_round_60_costs_what_round_2_did(world: World) -> None:
    diagram = Diagram().start().xor("enter").user("visit", form="visit", variables="verdict").xor("more").end()
    diagram.flow("start", "enter", "visit", "more").flow("more", "enter", when='verdict = "again"')
    world.publish(diagram.flow("more", "end", default=True), "visit")
    (task_id,) = world.start().opened_task_ids
    costs, sizes = [], []
    for _ in range(60):
        task_id, traffic = completed(world, task_id)
        costs.append((traffic.trips, traffic.statements, traffic.commits))
        sizes.append(state_size(world))
    assert len(set(costs[1:])) == 1
    assert costs[-1][2] == 1
    assert max(sizes) - min(sizes) <= 4  # the token's number gets digits
    assert max(sizes) < 300


def test_one_of_200_siblings_sends_what_one_of_2_does(world: World) -> None:
    costs = []
    for number in (2, 200):
        key = f"siblings{number}"
        diagram = Diagram(key).start().user("review", loop(cardinality=str(number)), form="review").end()
        world.publish(diagram.flow("start", "review", "end"), "review")
        waiting = world.start(key, idempotency_key=key).opened_task_ids
        assert len(waiting) == number
        _, traffic = completed(world, waiting[0])
        costs.append((traffic.trips, traffic.statements, traffic.commits))
    assert costs[0] == costs[1]
