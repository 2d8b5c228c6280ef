"""A BPMN diagram as small frozen values: what the rules and the soundness check look at.

Nothing here interprets; an element that the engine cannot run is read like any other, so that a rule can name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "callActivity",
    }
)
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws."""

    kind: str  #: timer message signal error escalation terminate conditional cancel compensate link
    reference: str | None = None  #: id of the message, signal, error or escalation
    name: str | None = None  #: its name, or its code for errors and escalations
    text: str = ""  #: timer expression or condition
    timer: str | None = None  #: timeDuration, timeDate or timeCycle
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How often an activity runs."""

    kind: str  #: multi or standard
    sequential: bool = False
    cardinality: str | None = None
    completion: str | None = None
    data: tuple[str, ...] = ()  #: BPMN's own data references found (loopDataInputRef …), which the engine does not read


@dataclass(frozen=True, kw_only=True)
class Flow:
    """An arrow from one element to another."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: str | None = None
    scope: str = ""  #: id of the process or sub-process it stands in
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """An event, activity or gateway."""

    id: str
    kind: str  #: the BPMN tag, e.g. "userTask"
    name: str | None = None
    scope: str = ""  #: id of the process or sub-process it stands in
    line: int | None = None
    documentation: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    events: tuple[EventDefinition, ...] = ()
    attached_to: str | None = None
    interrupting: bool = True  #: of boundary events (cancelActivity) and of start events of event sub-processes
    default_flow: str | None = None
    loop: Loop | None = None
    script: str | None = None
    script_format: str | None = None
    called: str | None = None
    by_event: bool = False  #: an event sub-process
    extensions: tuple[str, ...] = ()  #: tags in extensionElements other than `properties`

    @property
    def event(self) -> str | None:
        """Kind of the first event definition, None for a plain event."""
        return self.events[0].kind if self.events else None

    def listed(self, key: str) -> tuple[str, ...]:
        """A property that holds a comma list, as names."""
        return tuple(part.strip() for part in self.properties.get(key, "").split(",") if part.strip())


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane and the elements drawn in it."""

    id: str
    name: str | None
    nodes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A tag inside a process that is neither a known element nor mere drawing."""

    tag: str
    id: str | None
    line: int | None


@dataclass(frozen=True, kw_only=True)
class Process:
    """One executable process of a file, its nodes of all levels in one tuple."""

    id: str
    name: str | None = None
    executable: bool = False
    documentation: str | None = None
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    lanes: tuple[Lane, ...] = ()
    strays: tuple[Stray, ...] = ()
    line: int | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def flow_by_id(self) -> Mapping[str, Flow]:
        return {flow.id: flow for flow in self.flows}

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows leaving each node, in the file's order."""
        return _grouped(self.flows, "source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows reaching each node, in the file's order."""
        return _grouped(self.flows, "target")

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """The process and its sub-processes, outer before inner."""
        return (self.id, *(node.id for node in self.nodes if node.kind in SUBPROCESSES))

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Boundary events of each host."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes:
            if node.attached_to:
                found[node.attached_to] = (*found.get(node.attached_to, ()), node)
        return found

    def inside(self, scope: str) -> Iterator[Node]:
        """The nodes that stand directly in a process or sub-process."""
        return (node for node in self.nodes if node.scope == scope)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes if node.kind in kinds)


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A BPMN file."""

    file: str
    processes: tuple[Process, ...] = ()
    duplicates: tuple[tuple[str, int | None], ...] = ()  #: ids used more than once, with the later line
    nesting: int = 1  #: deepest level of sub-processes; 1 is the process itself
    drawn: frozenset[str] = frozenset()  #: ids that have a shape or an edge

    @property
    def process(self) -> Process | None:
        """The executable process, or the only one."""
        executable = [process for process in self.processes if process.executable]
        if executable:
            return executable[0]
        return self.processes[0] if self.processes else None


def _grouped(flows: tuple[Flow, ...], end: str) -> Mapping[str, tuple[Flow, ...]]:
    found: dict[str, tuple[Flow, ...]] = {}
    for flow in flows:
        key = getattr(flow, end)
        found[key] = (*found.get(key, ()), flow)
    return found
