"""Random block-structured processes against an independent token game (`token_game`).

The order in which tasks are completed, timers come due and messages arrive is random; every step saves and loads. What
is compared are real executions, counted as they happen, and after each step the open tasks, the timers and the
messages that are waited for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NoReceiver, StateUnreadable, StepFailed
from engine.runtime.elements import BoundarySplit, CallActivity, SubProcess
from engine.runtime.gateways import EventGateway, ParallelGateway
from engine.stimulus import MessageArrived, TimerDue
from tests.diagrams import Diagram
from tests.unit.runtime.blocks import BLOCKS, Block, Drawing
from tests.unit.runtime.instance import Instance
from tests.unit.runtime.token_game import Game

#: How often a message comes that may come any number of times beside its activity.
OFTEN = 2


def happen(case: Instance, name: str) -> None:
    """The event happens for every token of the element that waits for it now."""
    if name[0] == "m":
        for wait in [wait for wait in case.waits.values() if wait.element_id == name]:
            case.step(MessageArrived(token_id=wait.token_id, element_id=name, name=name, payload={}))
        return
    for job in [job for job in case.jobs.values() if job.element_id == name]:
        case.now = max(case.now, job.due_at)
        case.step(TimerDue(token_id=job.token_id, element_id=name, due_at=job.due_at, sequence=job.sequence))


def compare(game: Game, case: Instance) -> None:
    assert dict(Counter(case.open)) == game.open("u")
    assert dict(Counter(job.element_id for job in case.jobs.values())) == game.open("t")
    assert dict(Counter(wait.element_id for wait in case.waits.values())) == game.open("m")
    assert case.is_over == game.over


def check(block: Block, seed: int) -> None:
    diagram, drawing = Diagram().start().end(), Drawing()
    entry, exit_ = drawing.draw(block, diagram, "")
    diagram.flow("start", entry).flow(exit_, "end")
    game, case = Game(block), Instance(diagram, library=drawing.called)
    random, came = Random(seed), Counter[str]()
    for _ in range(400):
        compare(game, case)
        events = [*game.open("t"), *(name for name in game.open("m") if came[name] < OFTEN or not game.again(name))]
        choices = sorted([*game.open("u"), *events])
        if not choices:
            break
        name = random.choice(choices)
        came[name] += 1
        if name[0] == "u":
            # interchangeable tokens of one element differ only in their instance; the oldest goes first in both games
            game.complete(name)
            case.complete(name)
        else:
            game.happen(name)
            happen(case, name)
    ran = Counter(name for name in case.passed if name[0] in "ustm" and name[1:2] in ("", "_"))
    assert ran == +game.runs
    assert game.over


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(BLOCKS, st.integers(0, 10_000))
def test_random_processes_run_as_the_token_game_says(block: Block, seed: int) -> None:
    check(block, seed)


def test_the_oracle_catches_an_engine_that_joins_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A negative control: with the join's guard removed the comparison fails."""
    block = Block("seq", (Block("par", (Block("user"), Block("user"))), Block("user")))
    check(block, 1)
    monkeypatch.setattr(ParallelGateway, "_may_fire", lambda self, workflow, waiting: bool(waiting))
    with pytest.raises((AssertionError, StopIteration)):
        check(block, 1)


USER, AFTER = Block("user"), Block("user")
#: A guard of the engine, what stands in for it, and the block that goes wrong without it.
GUARDS: dict[str, tuple[type, str, Callable[..., None], Block]] = {
    "the rivals of an event are withdrawn": (
        *(EventGateway, "child_done", lambda *_: None),
        Block("race", (USER, USER), events=("timer", "message")),
    ),
    "an activity's end withdraws its events": (
        *(BoundarySplit, "child_done", lambda *_: None),
        Block("seq", (Block("bound", (USER, USER), events=("message",), interrupting=False), AFTER)),
    ),
    "an interrupted scope ends what is inside": (
        *(SubProcess, "_on_cancel", lambda *_: None),
        Block("bound", (Block("par", (USER, USER)), USER), events=("timer",)),
    ),
    "an interrupted call ends what is inside": (
        *(CallActivity, "_on_cancel", lambda *_: None),
        Block("bound", (Block("call", (USER,)), USER), events=("message",)),
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_the_oracle_catches_an_engine_without_a_guard(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further negative controls: some order of the same block goes wrong once the guard is gone."""
    owner, name, instead, block = GUARDS[guard]
    for seed in range(8):
        check(block, seed)
    monkeypatch.setattr(owner, name, instead)
    with pytest.raises((AssertionError, StopIteration, StepFailed, NoReceiver, StateUnreadable)):
        for seed in range(8):
            check(block, seed)
