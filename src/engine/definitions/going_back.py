"""To which earlier steps a case can be sent back without coming to a state that its diagram cannot come to by itself.

A token that goes back leaves the tokens beside it where they are. So a step inside a parallel part, seen from behind
its join, is no place to go back to: the join would wait for a branch for ever; nor is a step before the split, seen
from one of its branches: the other branch would run twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from engine.definitions.diagram import Process
from engine.definitions.markings import Graph, explore
from engine.definitions.net import Behaviour, Net, TooLarge, build, side_nodes
from engine.definitions.reach import reachable


def places_back(
    process: Process, scope: str, here: str, beside: Sequence[str], wanted: Collection[str]
) -> frozenset[str]:
    """Those of the wanted steps to which the token at `here` may go.

    In: the process, the scope (process or embedded sub-process) in which the token stands, the elements at which the
    scope's other tokens stand, once for each token. A scope too large to be explored allows only what has no tokens
    beside it before or after.
    """
    earlier = [s for s in wanted if s != here and s in process.by_id and here in reachable(process, (s,))]
    inner = {node.id: Behaviour() for node in process.inside(scope) if node.kind in _HOLDERS}
    try:
        net = build(process, scope, inner)
        known = [set(_standing(graph)) for graph in _graphs(net, process, here)]
    except TooLarge:
        return frozenset(earlier) if not beside else frozenset()
    side = next((side_nodes(process, each) for each in net.sides if here in side_nodes(process, each)), None)
    aside = {node for each in net.sides for node in side_nodes(process, each)}
    counted = [each for each in beside if (each in side if side is not None else each not in aside)]
    return frozenset(step for step in earlier if any(_key((*counted, step)) in markings for markings in known))


_HOLDERS = frozenset({"subProcess", "transaction", "callActivity"})


def _graphs(net: Net, process: Process, here: str) -> Iterator[Graph]:
    sides = [side for side in net.sides if here in side_nodes(process, side)]
    if sides:
        for side in sides:
            yield explore(net, [net.side_start(side)])
    else:
        yield explore(net, list(net.initial()))


def _standing(graph: Graph) -> Iterator[tuple[tuple[str, int], ...]]:
    """For each marking, where its tokens stand; a join has one for each arrow that is filled."""
    net = graph.net
    flows = net.process.flow_by_id
    named = [(bit, name) for bit, name in net.names.items() if bit & net.tokens]
    for marking in graph.parents:
        if marking >= 0:
            yield _key([flows[name].target if name in flows else name for bit, name in named if marking & bit])


def _key(elements: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(elements).items()))
