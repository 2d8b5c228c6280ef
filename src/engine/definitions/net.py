"""One scope of a diagram as a net: positions for tokens, and the moves between them.

A marking is an integer: bit n says that a token stands at position n. One bit is enough, because a second token at a
position is what the check refuses. A position is an element that takes time or decides, or an arrow into a join.
Merging gateways and plain ends are passed in the same moment. A sub-process is one position here and a net of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from engine.definitions.diagram import Flow, Node, Process
from engine.definitions.reach import flows_reaching, is_join, reachable, side_branches, starts_of

MAX_BRANCHES = 8  #: of an inclusive split: 255 combinations


class TooLarge(Exception):
    """There is more to explore than the check allows itself."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What an activity that holds elements of its own may do to the scope around it."""

    throws: frozenset[str] = frozenset()  #: error codes of its error ends that nothing inside catches
    any_error: bool = True  #: a service inside may raise errors of its own
    escalates: bool = True
    completes: bool = True
    has_work: bool = True  #: a user task may be open inside
    waits: bool = True  #: it may stay open for some time


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing that may happen."""

    element: str
    needs: int  #: tokens that must be there
    takes: int  #: tokens that go
    gives: tuple[int, ...] = ()  #: positions that receive a token, one bit each
    sets: int = 0  #: marks set (no tokens)
    forbids: int = 0  #: marks that must not be there
    passes: tuple[str, ...] = ()  #: elements passed in the same moment
    kills: bool = False  #: ends the whole scope


@dataclass(kw_only=True)
class Net:
    """The net of one scope."""

    process: Process
    scope: str
    inner: Mapping[str, Behaviour]  #: by id of sub-process or call activity
    sides: tuple[Node | Flow, ...] = ()
    bits: dict[str, int] = field(default_factory=dict)  #: bit of an element, of an arrow into a join, of a mark
    names: dict[int, str] = field(default_factory=dict)
    moves: dict[int, list[Move]] = field(default_factory=dict)  #: by the position that they need first
    inclusive: dict[str, dict[int, int]] = field(default_factory=dict)  #: join -> position -> flows it can still reach
    marked: str | None = None  #: the side branch whose being alive is followed, if any
    tokens: int = 0  #: bits that are tokens
    work: int = 0  #: bits where a user task may be open

    def bit(self, key: str) -> int:
        if key not in self.bits:
            self.bits[key] = 1 << len(self.bits)
            self.names[self.bits[key]] = key
        return self.bits[key]

    def elements(self, marking: int) -> tuple[str, ...]:
        """The elements at which the tokens of a marking stand; a join for a token on an arrow into it."""
        keys = [name for bit, name in self.names.items() if marking & bit & self.tokens]
        flows = self.process.flow_by_id
        return tuple(dict.fromkeys(flows[key].target if key in flows else key for key in keys))

    def initial(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each way in which the scope may begin."""
        for start in starts_of(self.process, self.scope):
            yield self.after(start.id)

    def after(self, node_id: str) -> tuple[int, tuple[str, ...]]:
        """The marking when an element has just sent its tokens, and the elements passed."""
        gives, passes = _sent(self, self.process.outgoing.get(node_id, ()))
        return _union(gives), (node_id, *passes)

    def side_start(self, side: Node | Flow) -> tuple[int, tuple[str, ...]]:
        """The marking with which a side branch begins on its own."""
        if isinstance(side, Node):
            return self.after(side.id)
        gives, passes = _sent(self, (side,), cut=False)
        return _union(gives), passes


def killers(process: Process, scope: str, inner: Mapping[str, Behaviour]) -> frozenset[str]:
    """Elements that end the whole scope: terminate and error ends, and what throws an error nobody catches."""
    return frozenset(node.id for node in process.inside(scope) if _kills(process, node, inner))


def build(process: Process, scope: str, inner: Mapping[str, Behaviour], marked: str | None = None) -> Net:
    """The net of a process or sub-process. `marked` names the side branch whose being alive is to be followed."""
    net = Net(process=process, scope=scope, inner=inner, marked=marked)
    net.sides = side_branches(process, scope, killers(process, scope, inner))
    nodes = [node for node in process.inside(scope) if not node.by_event and node.kind != "startEvent"]
    for node in nodes:
        if is_join(process, node):
            for flow in process.incoming[node.id]:
                net.tokens |= net.bit(flow.id)
        elif node.kind != "boundaryEvent":
            net.tokens |= net.bit(node.id)
            if holds_work(node, inner):
                net.work |= net.bit(node.id)
    if marked is not None:
        net.bit(_mark(marked))
    for node in nodes:
        for move in _moves(net, node):
            net.moves.setdefault(move.needs & -move.needs, []).append(move)
    for node in nodes:
        if node.kind == "inclusiveGateway" and is_join(process, node):
            net.inclusive[node.id] = _still_reaching(net, node)
    return net


def holds_work(node: Node, inner: Mapping[str, Behaviour]) -> bool:
    """Whether a user task may be open while a token stands at the element."""
    return node.kind == "userTask" or (node.id in inner and inner[node.id].has_work)


def takes_time(node: Node, inner: Mapping[str, Behaviour]) -> bool:
    """Whether a token may stay at the element after a step."""
    if node.id in inner:
        return inner[node.id].waits
    return node.kind in ("userTask", "serviceTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway")


def side_nodes(process: Process, side: Node | Flow) -> frozenset[str]:
    """All elements of a side branch."""
    return reachable(process, (side.id if isinstance(side, Node) else side.target,))


def mark_bit(net: Net) -> int:
    """The bit that says that the marked side branch is alive; 0 if none is followed."""
    return net.bits.get(_mark(net.marked), 0) if net.marked is not None else 0


def _mark(side: str) -> str:
    return f"side branch {side}"


def _union(bits: tuple[int, ...]) -> int:
    total = 0
    for bit in bits:
        total |= bit
    return total


def _sent(net: Net, flows: tuple[Flow, ...], *, cut: bool = True) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Positions that get a token when these flows are taken, and elements passed on the way."""
    sides = {side.id for side in net.sides} if cut else set()
    gives: list[int] = []
    passes: list[str] = []
    for flow in flows:
        if flow.id in sides:
            continue
        position, passed = _landing(net, flow)
        passes.extend(passed)
        if position:
            gives.append(position)
    return tuple(gives), tuple(passes)


def _landing(net: Net, flow: Flow) -> tuple[int, tuple[str, ...]]:
    """Where a token on a flow comes to stand: 0 for a plain end."""
    passed: list[str] = []
    current = flow
    while True:
        node = net.process.by_id[current.target]
        onward = net.process.outgoing.get(node.id, ())
        if is_join(net.process, node):
            return net.bit(current.id), tuple(passed)
        if node.kind == "endEvent" and not _kills(net.process, node, net.inner):
            return 0, (*passed, node.id)
        if node.kind != "exclusiveGateway" or len(onward) != 1 or node.id in passed:
            return net.bit(node.id), tuple(passed)
        passed.append(node.id)
        current = onward[0]


def _kills(process: Process, node: Node, inner: Mapping[str, Behaviour]) -> bool:
    if node.kind == "endEvent":
        return node.event in ("terminate", "error")
    return bool(uncaught(process, node, inner))


def uncaught(process: Process, node: Node, inner: Mapping[str, Behaviour]) -> frozenset[str]:
    """Error codes that an activity throws and no boundary event on it catches."""
    codes = inner[node.id].throws if node.id in inner else frozenset()
    catches = [event.events[0] for event in process.boundaries.get(node.id, ()) if event.event == "error"]
    return frozenset(code for code in codes if not any(catch.name in (None, "", code) for catch in catches))


def _moves(net: Net, node: Node) -> Iterator[Move]:
    outgoing = net.process.outgoing.get(node.id, ())
    if node.kind == "boundaryEvent":
        yield from _boundary_moves(net, node)
    elif node.kind == "inclusiveGateway" and is_join(net.process, node):
        return  # what it takes depends on the marking: `markings` makes these moves
    elif is_join(net.process, node):
        yield _move(net, node, _union(tuple(net.bit(flow.id) for flow in net.process.incoming[node.id])), outgoing)
    elif node.kind in ("exclusiveGateway", "eventBasedGateway"):
        for flow in outgoing:
            yield _move(net, node, net.bit(node.id), (flow,))
    elif node.kind == "inclusiveGateway":
        for chosen in choices(node, outgoing):
            yield _move(net, node, net.bit(node.id), chosen)
    else:
        if _kills(net.process, node, net.inner):
            yield Move(element=node.id, needs=net.bit(node.id), takes=net.bit(node.id), kills=True)
        if node.kind != "endEvent" and (node.id not in net.inner or net.inner[node.id].completes):
            yield _move(net, node, net.bit(node.id), outgoing)


def choices(node: Node, outgoing: tuple[Flow, ...]) -> Iterator[tuple[Flow, ...]]:
    """The sets of flows that an inclusive gateway may take. Raises `TooLarge` beyond `MAX_BRANCHES` flows."""
    if len(outgoing) > MAX_BRANCHES:
        raise TooLarge
    default = tuple(flow for flow in outgoing if flow.id == node.default_flow and len(outgoing) > 1)
    others = tuple(flow for flow in outgoing if flow not in default)
    if default:
        yield default
    for count in range(1, len(others) + 1):
        yield from combinations(others, count)


def _move(net: Net, node: Node, needs: int, flows: tuple[Flow, ...]) -> Move:
    return move_of(net, node, needs, needs | _fired(net, node), flows)


def move_of(net: Net, node: Node, needs: int, takes: int, flows: tuple[Flow, ...]) -> Move:
    """The move by which an element sends tokens along the given flows."""
    gives, passes = _sent(net, flows)
    sets = mark_bit(net) if any(flow.id == net.marked for flow in flows) else 0
    return Move(element=node.id, needs=needs, takes=takes, gives=gives, sets=sets, passes=passes)


def _fired(net: Net, host: Node) -> int:
    """Marks "has fired" of the host's non-interrupting boundary events, cleared when the host is left."""
    events = net.process.boundaries.get(host.id, ())
    return _union(tuple(net.bit(f"fired {event.id}") for event in events if not event.interrupting))


def _boundary_moves(net: Net, event: Node) -> Iterator[Move]:
    host = net.process.by_id[event.attached_to or ""]
    if not may_fire(net.process, event, net.inner):
        return
    position = net.bit(host.id)
    outgoing = net.process.outgoing.get(event.id, ())
    if event.interrupting:
        yield move_of(net, event, position, position | _fired(net, host), outgoing)
    elif event.id in {side.id for side in net.sides}:
        yield Move(element=event.id, needs=position, takes=0, sets=mark_bit(net) if event.id == net.marked else 0)
    else:
        fired = net.bit(f"fired {event.id}")
        gives, passes = _sent(net, outgoing)
        yield Move(element=event.id, needs=position, takes=0, gives=gives, sets=fired, forbids=fired, passes=passes)


def may_fire(process: Process, event: Node, inner: Mapping[str, Behaviour]) -> bool:
    """Whether a boundary event can happen at all; an error is caught only where something throws it."""
    host = process.by_id[event.attached_to or ""]
    behaviour = inner.get(host.id, Behaviour(throws=frozenset()))
    if event.event == "error":
        code = event.events[0].name
        return behaviour.any_error or (bool(behaviour.throws) if not code else code in behaviour.throws)
    if event.event == "escalation":
        return behaviour.escalates
    return True


def _still_reaching(net: Net, join: Node) -> dict[int, int]:
    """For each position, the flows into the join that its token can still come to without passing the join."""
    flows = {flow.id for flow in net.process.incoming[join.id]}
    found: dict[int, int] = {}
    for key, bit in net.bits.items():
        if not bit & net.tokens:
            continue
        if key in flows:
            found[bit] = bit
            continue
        start = net.process.flow_by_id[key].target if key in net.process.flow_by_id else key
        reached = flows_reaching(net.process, start, join.id)
        found[bit] = _union(tuple(net.bit(flow) for flow in reached))
    return found
