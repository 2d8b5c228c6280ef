"""Which elements of one scope lead to which: the plain graph beneath the markings.

A boundary event is reached from its host. `cut` flows and boundary events are left out of a walk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from engine.definitions.diagram import Flow, Node, Process


def successors(process: Process, node_id: str, cut: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Elements one arrow further, and the boundary events of the element itself."""
    flows = tuple(flow.target for flow in process.outgoing.get(node_id, ()) if flow.id not in cut)
    return flows + tuple(event.id for event in process.boundaries.get(node_id, ()) if event.id not in cut)


def reachable(process: Process, starts: Iterable[str], cut: frozenset[str] = frozenset()) -> frozenset[str]:
    """The given elements and all that they lead to."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for following in successors(process, waiting.pop(), cut):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return frozenset(seen)


def shortest_walk(process: Process, start: str, goal: str) -> tuple[str, ...]:
    """Elements from start to goal along the arrows, as few as possible; empty if there is no way."""
    came_from: dict[str, str] = {}
    waiting = deque((start,))
    while waiting:
        current = waiting.popleft()
        if current == goal:
            walk = [goal]
            while walk[-1] != start:
                walk.append(came_from[walk[-1]])
            return tuple(reversed(walk))
        for following in successors(process, current):
            if following != start and following not in came_from:
                came_from[following] = current
                waiting.append(following)
    return ()


def on_cycle(process: Process, node_id: str) -> bool:
    """Whether a token that leaves the element can come back to it."""
    return node_id in reachable(process, successors(process, node_id))


def starts_of(process: Process, scope: str) -> tuple[Node, ...]:
    """Start events of a scope."""
    return tuple(node for node in process.inside(scope) if node.kind == "startEvent")


def is_join(process: Process, node: Node) -> bool:
    """A parallel or inclusive gateway that waits for several flows."""
    return node.kind in ("parallelGateway", "inclusiveGateway") and len(process.incoming.get(node.id, ())) > 1


def is_split(process: Process, node: Node) -> bool:
    """A parallel or inclusive gateway that sends several tokens."""
    return node.kind in ("parallelGateway", "inclusiveGateway") and len(process.outgoing.get(node.id, ())) > 1


def flows_reaching(process: Process, start: str, stop: str) -> frozenset[str]:
    """Flows into `stop` that a token at `start` can come to without passing `stop` before."""
    found: set[str] = set()
    seen = {start}
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current == stop:
            continue
        sources = (current, *(event.id for event in process.boundaries.get(current, ())))
        for flow in (flow for source in sources for flow in process.outgoing.get(source, ())):
            if flow.target == stop:
                found.add(flow.id)
            elif flow.target not in seen:
                seen.add(flow.target)
                waiting.append(flow.target)
    return frozenset(found)


def side_branches(process: Process, scope: str, killers: frozenset[str]) -> tuple[Node | Flow, ...]:
    """Where a branch leaves the main flow for good: extra tokens there go to their own end and disturb nobody.

    These are non-interrupting boundary events, and arrows that leave a parallel or inclusive split which may be passed
    again, if nothing behind them is reached in another way and nothing behind them ends the whole scope. They are
    examined on their own, because any number of such tokens may be alive.
    """
    starts = [node.id for node in starts_of(process, scope)]
    found: list[Node | Flow] = []
    for node in process.inside(scope):
        if node.kind == "boundaryEvent" and not node.interrupting:
            if _detached(process, starts, node.id, reachable(process, (node.id,)), killers):
                found.append(node)
        elif is_split(process, node) and on_cycle(process, node.id):
            found.extend(
                flow
                for flow in process.outgoing[node.id]
                if _detached(process, starts, flow.id, reachable(process, (flow.target,)), killers)
            )
    return tuple(found)


def _detached(process: Process, starts: list[str], entry: str, region: frozenset[str], killers: frozenset[str]) -> bool:
    return not region & killers and not region & reachable(process, starts, frozenset((entry,)))
