"""Joins that may be passed in a second round while a sibling branch of their scope is still alive.

The engine library then drops or doubles the tokens of the second round, because the finished first round is kept as
long as the sibling is alive. A diagram in which this can happen is refused; the round belongs in a sub-process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from engine.definitions.markings import Graph
from engine.definitions.net import Move, TooLarge, mark_bit
from engine.definitions.reach import is_join, on_cycle

MAX_STEPS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SecondRound:
    """A join that is passed twice while a token elsewhere does not move."""

    join: str
    sibling: str  #: the element at which the sibling stands
    path: tuple[str, ...]


def second_rounds(graph: Graph) -> Iterator[SecondRound]:
    """At most one finding per join. Raises `TooLarge`."""
    net = graph.net
    joins = {
        node.id
        for node in net.process.inside(net.scope)
        if is_join(net.process, node) and on_cycle(net.process, node.id)
    }
    steps = 0
    for join in sorted(joins):
        passed = [
            (marking, move, following)
            for marking, moves in graph.edges.items()
            for move, following in moves
            if move.element == join
        ]
        siblings = 0
        for marking, move, following in passed:
            siblings |= marking & ~move.takes & following & (net.tokens | mark_bit(net))
        while siblings:
            sibling = siblings & -siblings
            siblings ^= sibling
            found, made = _again(graph, join, sibling, passed)
            steps += made
            if steps > MAX_STEPS:
                raise TooLarge
            if found is not None:
                where = net.elements(sibling)[0] if sibling & net.tokens else (net.marked or "")
                yield SecondRound(join=join, sibling=where, path=found)
                break


def _again(
    graph: Graph, join: str, sibling: int, passed: list[tuple[int, Move, int]]
) -> tuple[tuple[str, ...] | None, int]:
    """A shortest run from a first passing of the join to a second one during which the sibling stays where it is."""
    runs: dict[int, tuple[str, ...]] = {}
    waiting: deque[int] = deque()
    for marking, move, following in passed:
        if marking & sibling and following & sibling and following not in runs:
            runs[following] = (*graph.path(marking), move.element, *move.passes)
            waiting.append(following)
    made = 0
    while waiting:
        marking = waiting.popleft()
        for move, following in graph.edges.get(marking, ()):
            made += 1
            if move.kills or move.takes & sibling or not following & sibling:
                continue
            run = (*runs[marking], move.element, *move.passes)
            if move.element == join:
                return run, made
            if following not in runs:
                runs[following] = run
                waiting.append(following)
    return None, made
