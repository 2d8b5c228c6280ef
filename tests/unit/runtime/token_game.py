"""A token game that never looks at BPMN: it walks a tree of blocks with small coroutines, beside the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.unit.runtime.blocks import Block


@dataclass(eq=False)
class Scope:
    """What ends when all tokens inside have ended, and is given up when an interrupting event comes."""

    parent: Scope | None
    then: Callable[[], None]
    tokens: int = 1
    alive: bool = True

    def done(self) -> None:
        """A token inside has ended."""
        self.tokens -= 1
        if not self.tokens:
            self.then()

    def given_up(self) -> bool:
        return not self.alive or (self.parent is not None and self.parent.given_up())


@dataclass(eq=False)
class Waiting:
    """A token that waits in a scope for a task's completion (`u`), a timer (`t`) or a message (`m`)."""

    name: str
    scope: Scope
    go: Callable[[], None]
    runs: bool = True  #: false: a message that may come again and again beside its activity


class Game:
    """Runs a block by itself: `open` counts what waits, `runs` counts executions."""

    def __init__(self, block: Block) -> None:
        self.waiting: list[Waiting] = []
        self.runs: Counter[str] = Counter()
        self.over = False
        root = Scope(None, self._finish)
        self._run(block, "", root, root.done)

    def _finish(self) -> None:
        self.over = True

    def open(self, kind: str) -> dict[str, int]:
        """How many tokens wait, by the element's name: `u` tasks, `t` timers, `m` messages."""
        return dict(Counter(each.name for each in self.waiting if each.name[0] == kind))

    def again(self, name: str) -> bool:
        """Whether the message may come any number of times."""
        return any(each.name == name and not each.runs for each in self.waiting)

    def complete(self, name: str) -> None:
        """The oldest open task of this name is completed."""
        self._go(next(each for each in self.waiting if each.name == name))

    def happen(self, name: str) -> None:
        """The event happens for every token that waits for it."""
        for each in [each for each in self.waiting if each.name == name]:
            self._go(each)

    def _go(self, one: Waiting) -> None:
        self.runs[one.name] += 1
        if one.runs:
            self.waiting.remove(one)
        one.go()

    def _wait(self, name: str, scope: Scope, go: Callable[[], None], *, runs: bool = True) -> Waiting:
        self.waiting.append(one := Waiting(name, scope, go, runs))
        return one

    def _forget(self, *gone: Waiting) -> None:
        self.waiting = [each for each in self.waiting if each not in gone and not each.scope.given_up()]

    def _run(self, block: Block, path: str, scope: Scope, then: Callable[[], None]) -> None:
        inner = [(each, f"{path}_{n}") for n, each in enumerate(block.inner)]
        match block.kind:
            case "user" | "timer" | "message":
                self._wait(f"{block.kind[0]}{path}", scope, then)
            case "script":
                self.runs[f"s{path}"] += 1
                then()
            case "seq":
                self._chain(inner, scope, then)
            case "par":
                self._together(inner, scope, then)
            case "inc" | "xor":
                self._together([each for each, taken in zip(inner, block.choice, strict=False) if taken], scope, then)
            case "sub" | "call":
                self._scoped(inner[0], scope, then)
            case "loop":
                self._rounds(block.count, inner[0], scope, then)
            case "multi" if block.sequential:
                self._rounds(block.count, inner[0], scope, then)
            case "multi":
                self._side_by_side(block.count, inner[0], scope, then)
            case "race":
                self._race(block, inner, scope, then)
            case "bound":
                self._bound(block, inner, path, scope, then)

    def _scoped(self, step: tuple[Block, str], parent: Scope, then: Callable[[], None]) -> None:
        scope = Scope(parent, then)
        self._run(*step, scope, scope.done)

    def _chain(self, steps: list[tuple[Block, str]], scope: Scope, then: Callable[[], None]) -> None:
        if not steps:
            then()
            return
        self._run(*steps[0], scope, lambda: self._chain(steps[1:], scope, then))

    def _rounds(self, left: int, step: tuple[Block, str], scope: Scope, then: Callable[[], None]) -> None:
        if not left:
            then()
            return
        self._scoped(step, scope, lambda: self._rounds(left - 1, step, scope, then))

    def _together(self, steps: list[tuple[Block, str]], scope: Scope, then: Callable[[], None]) -> None:
        joined = Scope(scope, then, tokens=len(steps))
        for step in steps:
            self._run(*step, scope, joined.done)

    def _side_by_side(self, count: int, step: tuple[Block, str], scope: Scope, then: Callable[[], None]) -> None:
        joined = Scope(scope, then, tokens=count)
        if not count:
            then()
        for _ in range(count):
            self._scoped(step, scope, joined.done)

    def _race(self, block: Block, inner: list[tuple[Block, str]], scope: Scope, then: Callable[[], None]) -> None:
        rivals: list[Waiting] = []

        def won(step: tuple[Block, str]) -> None:
            self._forget(*rivals)
            self._run(*step, scope, then)

        for event, step in zip(block.events, inner, strict=True):
            rivals.append(self._wait(f"{event[0]}{step[1]}e", scope, partial(won, step)))

    def _bound(
        self, block: Block, inner: list[tuple[Block, str]], path: str, scope: Scope, then: Callable[[], None]
    ) -> None:
        activity = Scope(scope, then)
        event = block.events[0]

        def interrupt() -> None:
            activity.alive = False
            self._forget()
            self._run(*inner[1], scope, then)

        def beside() -> None:
            scope.tokens += 1
            self._run(*inner[1], scope, scope.done)

        def finished() -> None:
            self._forget(listener)
            then()

        once = block.interrupting or event == "timer"
        listener = self._wait(f"{event[0]}{path}", scope, interrupt if block.interrupting else beside, runs=once)
        if block.inner[0].kind == "user":
            self._run(*inner[0], activity, finished)
        else:
            self._scoped(inner[0], activity, finished)
