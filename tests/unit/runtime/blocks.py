"""Random block-structured processes, and the diagram of each."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import strategies as st

from engine.definitions.bundle import Bundle
from tests.diagrams import Diagram, loop


@dataclass(frozen=True)
class Block:
    """A block. Leaves: `user script timer message`; with inner blocks: `seq par inc xor sub call loop multi`; `bound`
    is an activity with an event on its edge and what follows the event; `race` an event-based gateway with branches."""

    kind: str
    inner: tuple[Block, ...] = ()
    choice: tuple[bool, ...] = ()  #: which branches an `inc` takes, or the one an `xor` takes
    count: int = 0  #: rounds of a `loop`, instances of a `multi`
    sequential: bool = False
    events: tuple[str, ...] = ()  #: of a `race` one for each branch, of a `bound` the one: `timer` or `message`
    interrupting: bool = True


LEAVES = st.sampled_from([Block(kind) for kind in ("user", "user", "user", "script", "timer", "message")])
EVENTS = st.sampled_from(["timer", "message"])


def _composed(children: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    bound = st.builds(
        lambda activity, then, event, interrupting: Block(
            "bound", (activity, then), events=(event,), interrupting=interrupting
        ),
        *(children, children, EVENTS, st.booleans()),
    )
    return st.one_of(
        several.map(lambda inner: Block("seq", inner)),
        several.map(lambda inner: Block("par", inner)),
        st.tuples(several, st.integers(1, 7)).map(lambda pair: Block("inc", pair[0], _subset(len(pair[0]), pair[1]))),
        st.tuples(several, st.integers(0, 2)).map(
            lambda pair: Block("xor", pair[0], tuple(n == pair[1] % len(pair[0]) for n in range(len(pair[0]))))
        ),
        st.tuples(st.sampled_from(["sub", "call"]), children).map(lambda pair: Block(pair[0], (pair[1],))),
        st.tuples(children, st.integers(1, 3)).map(lambda pair: Block("loop", (pair[0],), count=pair[1])),
        st.tuples(children, st.integers(0, 3), st.booleans()).map(
            lambda triple: Block("multi", (triple[0],), count=triple[1], sequential=triple[2])
        ),
        *(bound, bound, bound),
        st.tuples(several, st.lists(EVENTS, min_size=3, max_size=3)).map(
            lambda pair: Block("race", pair[0], events=tuple(pair[1][: len(pair[0])]))
        ),
    )


def _subset(size: int, bits: int) -> tuple[bool, ...]:
    chosen = tuple(bool(bits >> n & 1) for n in range(size))
    return chosen if any(chosen) else (True, *chosen[1:])


BLOCKS = st.recursive(LEAVES, _composed, max_leaves=12)


# -- the diagram of a block ------------------------------------------------------------------------


def listening(event: str, name: str) -> str:
    """The event of an element: an hour, or the message that has the element's name."""
    return "timer PT1H" if event == "timer" else f"message {name}"


class Drawing:
    """Turns a block into a diagram and those it calls; ids are counted."""

    def __init__(self) -> None:
        self.number = 0
        self.called: dict[str, Bundle] = {}

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

    def _timer(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        return self._catch("timer", f"t{path}", diagram)

    def _message(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        return self._catch("message", f"m{path}", diagram)

    def _catch(self, event: str, name: str, diagram: Diagram) -> tuple[str, str]:
        diagram.catch(name, listening(event, name))
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

    def _race(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        gateway, join = self.id("race"), self.id("join")
        diagram.events(gateway).xor(join)
        for n, (inner, event) in enumerate(zip(block.inner, block.events, strict=True)):
            name, _ = self._catch(event, f"{event[0]}{path}_{n}e", diagram)
            entry, exit_ = self.draw(inner, diagram, f"{path}_{n}")
            diagram.flow(gateway, name, entry).flow(exit_, join)
        return gateway, join

    def _bound(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        activity, event = f"u{path}_0", block.events[0]
        if block.inner[0].kind == "user":
            diagram.user(activity)
        else:
            diagram.sub(activity := self.id("sub"), self._inside(block, diagram, path))
        name, leave = f"{event[0]}{path}", self.id("leave")
        diagram.boundary(name, activity, listening(event, name), block.interrupting)
        entry, exit_ = self.draw(block.inner[1], diagram, f"{path}_1")
        diagram.flow(name, entry).xor(leave).flow(activity, leave)
        if block.interrupting:
            diagram.flow(exit_, leave)
        else:
            diagram.end(end := self.id("end")).flow(exit_, end)
        return activity, leave

    def _call(self, block: Block, diagram: Diagram, path: str) -> tuple[str, str]:
        key, name = self.id("process"), self.id("call")
        called = Diagram(key).start(start := self.id("start")).end(end := self.id("end"))
        entry, exit_ = self.draw(block.inner[0], called, f"{path}_0")
        self.called[key] = called.flow(start, entry).flow(exit_, end).bundle(self.called)
        diagram.call(name, key)
        return name, name

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
