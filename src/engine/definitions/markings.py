"""All markings that a net can come to, breadth first, so that the first failing run found is a shortest one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.definitions.diagram import Node
from engine.definitions.net import Move, Net, TooLarge, choices, mark_bit, move_of

MAX_MARKINGS = 50_000
MAX_MOVES = 400_000  #: about five seconds on a slow machine; a count, so that the answer never depends on the clock
KILLED = -1  #: the marking after a terminate or error end


@dataclass(frozen=True, kw_only=True)
class Overflow:
    """A second token came to a position."""

    marking: int
    move: Move
    position: str


@dataclass(kw_only=True)
class Graph:
    """The markings of one net from one beginning, and the moves between them."""

    net: Net
    parents: dict[int, tuple[int | None, tuple[str, ...]]] = field(default_factory=dict)
    edges: dict[int, list[tuple[Move, int]]] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    overflows: list[Overflow] = field(default_factory=list)
    kills: list[tuple[int, Move]] = field(default_factory=list)

    def path(self, marking: int) -> tuple[str, ...]:
        """Elements passed, in order, by a shortest run to the marking."""
        parts: list[tuple[str, ...]] = []
        current: int | None = marking
        while current is not None:
            current, passed = self.parents[current]
            parts.append(passed)
        return tuple(element for part in reversed(parts) for element in part)

    @property
    def ever_marked(self) -> Iterator[str]:
        """Names of the positions that hold a token in some marking."""
        ever = 0
        for marking in self.edges:
            ever |= marking if marking != KILLED else 0
        return (name for bit, name in self.net.names.items() if bit & ever & self.net.tokens)

    @property
    def finals(self) -> Iterator[int]:
        """Markings without a token."""
        return (marking for marking in self.edges if marking == KILLED or not marking & self.net.tokens)

    @property
    def stuck(self) -> Iterator[int]:
        """Markings with tokens that nothing can move, nearest first."""
        clean = {overflow.marking for overflow in self.overflows}
        return (
            marking
            for marking, moves in self.edges.items()
            if not moves and marking != KILLED and marking & self.net.tokens and marking not in clean
        )


def explore(net: Net, beginnings: list[tuple[int, tuple[str, ...]]], *, marked: bool = False) -> Graph:
    """Every marking reachable from the beginnings. `marked`: the followed side branch is alive from the start.

    Raises `TooLarge` beyond `MAX_MARKINGS` markings or `MAX_MOVES` moves.
    """
    graph = Graph(net=net)
    waiting: deque[int] = deque()
    made = 0
    for start, passed in beginnings:
        marking = start | (mark_bit(net) if marked else 0)
        graph.visited.update(passed)
        if marking not in graph.parents:
            graph.parents[marking] = (None, passed)
            waiting.append(marking)
    while waiting:
        marking = waiting.popleft()
        edges = graph.edges.setdefault(marking, [])
        for move in enabled(net, marking):
            made += 1
            following = _after(graph, marking, move)
            if following is None:
                continue
            edges.append((move, following))
            graph.visited.update((move.element, *move.passes))
            if following not in graph.parents:
                graph.parents[following] = (marking, (move.element, *move.passes))
                waiting.append(following)
        if len(graph.parents) > MAX_MARKINGS or made > MAX_MOVES:
            raise TooLarge
    return graph


def enabled(net: Net, marking: int) -> Iterator[Move]:
    """What may happen in a marking."""
    if marking == KILLED:
        return
    rest = marking & net.tokens
    while rest:
        bit = rest & -rest
        rest ^= bit
        for move in net.moves.get(bit, ()):
            if marking & move.needs == move.needs and not marking & move.forbids:
                yield move
    for join in net.inclusive:
        yield from _inclusive_moves(net, net.process.by_id[join], marking)


def _inclusive_moves(net: Net, join: Node, marking: int) -> Iterator[Move]:
    """BPMN 2.0, 13.4.3: the join waits while a token elsewhere can come to an empty arrow and to no filled one."""
    arrows = 0
    for flow in net.process.incoming[join.id]:
        arrows |= net.bits[flow.id]
    filled = marking & arrows
    if not filled:
        return
    empty = arrows & ~filled
    for bit, reached in net.inclusive[join.id].items():
        if marking & bit and reached & empty and not reached & filled:
            return
    outgoing = net.process.outgoing.get(join.id, ())
    for chosen in choices(join, outgoing) if len(outgoing) > 1 else iter((outgoing,)):
        yield move_of(net, join, filled, filled, chosen)


def _after(graph: Graph, marking: int, move: Move) -> int | None:
    """The marking after a move; None where a second token would come to a position."""
    if move.kills:
        graph.kills.append((marking, move))
        return KILLED
    following = marking & ~move.takes
    for bit in move.gives:
        if following & bit:
            graph.overflows.append(Overflow(marking=marking, move=move, position=graph.net.names[bit]))
            return None
        following |= bit
    return following | move.sets
