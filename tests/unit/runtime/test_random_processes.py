"""Random block-structured processes against an independent token game.

The oracle never looks at BPMN: it walks the block tree with small coroutines. Completion order is random; every step
saves and loads. What is compared are real executions, counted as they happen, and the open tasks after each step.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.runtime.gateways import ParallelGateway
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import Instance


@dataclass(frozen=True)
class Block:
    """A block: `user` and `script` leaves; `seq par inc xor sub loop multi` with inner blocks."""

    kind: str
    inner: tuple[Block, ...] = ()
    choice: tuple[bool, ...] = ()  #: which branches an `inc` takes, or the one an `xor` takes
    count: int = 0  #: rounds of a `loop`, instances of a `multi`
    sequential: bool = False


LEAVES = st.sampled_from([Block("user"), Block("user"), Block("script")])


def _composed(children: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda inner: Block("seq", inner)),
        several.map(lambda inner: Block("par", inner)),
        st.tuples(several, st.integers(1, 7)).map(lambda pair: Block("inc", pair[0], _subset(len(pair[0]), pair[1]))),
        st.tuples(several, st.integers(0, 2)).map(
            lambda pair: Block("xor", pair[0], tuple(n == pair[1] % len(pair[0]) for n in range(len(pair[0]))))
        ),
        children.map(lambda block: Block("sub", (block,))),
        st.tuples(children, st.integers(1, 3)).map(lambda pair: Block("loop", (pair[0],), count=pair[1])),
        st.tuples(children, st.integers(0, 3), st.booleans()).map(
            lambda triple: Block("multi", (triple[0],), count=triple[1], sequential=triple[2])
        ),
    )


def _subset(size: int, bits: int) -> tuple[bool, ...]:
    chosen = tuple(bool(bits >> n & 1) for n in range(size))
    return chosen if any(chosen) else (True, *chosen[1:])


BLOCKS = st.recursive(LEAVES, _composed, max_leaves=8)


# -- the diagram of a block ------------------------------------------------------------------------


class Drawing:
    """Turns a block into a diagram; ids are counted."""

    def __init__(self) -> None:
        self.number = 0
        self.names: dict[int, str] = {}

    def id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def draw(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        """Draw the block; returns the ids of its entry and exit."""
        return getattr(self, f"_{block.kind}")(block, diagram, path)

    def _user(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        name = f"u{path}"
        diagram.user(name)
        return name, name

    def _script(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        name = f"s{path}"
        diagram.script(name, "touched = true")
        return name, name

    def _seq(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        ends = [self.draw(inner, diagram, f"{path}_{n}") for n, inner in enumerate(block.inner)]
        for (_, exit_), (entry, _) in itertools.pairwise(ends):
            diagram.flow(exit_, entry)
        return ends[0][0], ends[-1][1]

    def _split(self, block: Block, diagram: Diagram, path: str, kind: str) -> tuple[str, str]:
        fork, join = self.id("fork"), self.id("join")
        getattr(diagram, kind)(fork)
        getattr(diagram, kind)(join)
        for n, inner in enumerate(block.inner):
            entry, exit_ = self.draw(inner, diagram, f"{path}_{n}")
            condition = "" if kind == "par" else str(block.choice[n]).lower()
            diagram.flow(fork, entry, when=condition).flow(exit_, join)
        return fork, join

    def _par(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        return self._split(block, diagram, path, "par")

    def _inc(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        return self._split(block, diagram, path, "inc")

    def _xor(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        return self._split(block, diagram, path, "xor")

    def _inside(self, block: Block, diagram: Diagram, path: str) -> Diagram:
        inner = diagram.inside().start(start := self.id("start")).end(end := self.id("end"))
        entry, exit_ = self.draw(block.inner[0], inner, f"{path}_0")
        return inner.flow(start, entry).flow(exit_, end)

    def _sub(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        name = self.id("sub")
        diagram.sub(name, self._inside(block, diagram, path))
        return name, name

    def _multi(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        name = self.id("multi")
        diagram.sub(name, self._inside(block, diagram, path), loop(block.sequential, str(block.count)))
        return name, name

    def _loop(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        """Its body is a scope of its own, the shape that stays right when joins stand on the cycle."""
        begin, enter, more, count = self.id("begin"), self.id("enter"), self.id("more"), self.id("count")
        body, variable = self.id("sub"), self.id("n")
        diagram.script(begin, f"{variable} = 0").xor(enter).sub(body, self._inside(block, diagram, path))
        diagram.script(count, f"{variable} = {variable} + 1").xor(more).xor(leave := self.id("leave"))
        diagram.flow(begin, enter, body, count, more).flow(more, enter, when=f"{variable} < {block.count}")
        diagram.flow(more, leave, default=True)
        return begin, leave


# -- the oracle ------------------------------------------------------------------------------------


class Game:
    """Runs a block by itself: `open` counts tasks that wait, `runs` counts executions."""

    def __init__(self, block: Block) -> None:
        self.open: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self.waiting: dict[str, list[Callable[[], None]]] = {}
        self.over = False
        self._run(block, "", self._finish)

    def _finish(self) -> None:
        self.over = True

    def complete(self, name: str) -> None:
        self.open[name] -= 1
        self.runs[name] += 1
        self.waiting[name].pop(0)()

    def _run(self, block: Block, path: str, then: Callable[[], None]) -> None:
        if block.kind == "user":
            self.open[f"u{path}"] += 1
            self.waiting.setdefault(f"u{path}", []).append(then)
        elif block.kind == "script":
            self.runs[f"s{path}"] += 1
            then()
        elif block.kind in ("seq", "sub"):
            self._chain([(inner, f"{path}_{n}") for n, inner in enumerate(block.inner)], then)
        elif block.kind in ("par", "inc", "xor"):
            taken = [n for n in range(len(block.inner)) if block.kind == "par" or block.choice[n]]
            self._together([(block.inner[n], f"{path}_{n}") for n in taken], then)
        elif block.kind == "loop" or block.sequential:
            self._chain([(block.inner[0], f"{path}_0")] * block.count, then)
        else:
            self._together([(block.inner[0], f"{path}_0")] * block.count, then)

    def _chain(self, steps: list[tuple[Block, str]], then: Callable[[], None]) -> None:
        if not steps:
            then()
            return
        self._run(*steps[0], lambda: self._chain(steps[1:], then))

    def _together(self, steps: list[tuple[Block, str]], then: Callable[[], None]) -> None:
        left = [len(steps)]

        def one_done() -> None:
            left[0] -= 1
            if left[0] == 0:
                then()

        if not steps:
            then()
        for step in steps:
            self._run(*step, one_done)


def check(block: Block, seed: int) -> None:
    diagram = Diagram().start().end()
    entry, exit_ = Drawing().draw(block, diagram, "")
    diagram.flow("start", entry).flow(exit_, "end")
    game, case = Game(block), Instance(diagram)
    random = Random(seed)
    for _ in range(400):
        expected = {name: number for name, number in game.open.items() if number}
        assert dict(Counter(case.open)) == expected
        assert case.is_over == game.over
        if not expected:
            break
        name = random.choice(sorted(expected))
        # interchangeable tokens of one element differ only in their instance; the oldest goes first in both games
        game.complete(name)
        case.complete(name)
    ran = Counter(name for name in case.passed if name[0] in "us" and name.lstrip("us")[:1] in ("", "_"))
    assert ran == +game.runs


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
