"""Draws small diagrams for tests: elements and flows by id, as XML in our dialect."""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape, quoteattr

from engine.definitions.bundle import Bundle, from_files

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="urn:test">'
)


class Diagram:
    """A process (or, with `scope`, an embedded sub-process) under construction. Every method returns the diagram."""

    def __init__(self, key: str = "p", root: Diagram | None = None) -> None:
        self.key = key
        self.root = root or self
        self.parts: list[str] = []
        self.defaults: dict[str, str] = {}
        if root is None:
            self.references: dict[tuple[str, str], str] = {}
        self._flows = 0

    # -- nodes --------------------------------------------------------------------------------------------------------

    def node(self, tag: str, id: str, inner: str = "", attributes: str = "", **properties: str) -> Diagram:
        listed = "".join(
            f"<spiffworkflow:property name={quoteattr(name.replace('__', '.'))} value={quoteattr(value)}/>"
            for name, value in properties.items()
        )
        extension = (
            f"<bpmn:extensionElements><spiffworkflow:properties>{listed}</spiffworkflow:properties>"
            "</bpmn:extensionElements>"
            if listed
            else ""
        )
        opening = f"<bpmn:{tag} id={quoteattr(id)} name={quoteattr(id)} {attributes} @DEFAULT:{id}@>"
        self.parts.append(f"{opening}{extension}{inner}</bpmn:{tag}>")
        return self

    def start(self, id: str = "start", **properties: str) -> Diagram:
        return self.node("startEvent", id, **properties)

    def end(self, id: str = "end", event: str = "") -> Diagram:
        return self.node("endEvent", id, self._event(event))

    def user(self, id: str, inner: str = "", **properties: str) -> Diagram:
        return self.node("userTask", id, inner, **{"form": id, "role": "clerk", **properties})

    def script(self, id: str, text: str) -> Diagram:
        return self.node("scriptTask", id, f"<bpmn:script>{escape(text)}</bpmn:script>", 'scriptFormat="feel"')

    def service(self, id: str, service: str, **properties: str) -> Diagram:
        return self.node("serviceTask", id, service=service, **properties)

    def rule(self, id: str, decision: str, **properties: str) -> Diagram:
        return self.node("businessRuleTask", id, decision=decision, **properties)

    def xor(self, id: str) -> Diagram:
        return self.node("exclusiveGateway", id)

    def par(self, id: str) -> Diagram:
        return self.node("parallelGateway", id)

    def inc(self, id: str) -> Diagram:
        return self.node("inclusiveGateway", id)

    def events(self, id: str) -> Diagram:
        return self.node("eventBasedGateway", id)

    def catch(self, id: str, event: str, **properties: str) -> Diagram:
        return self.node("intermediateCatchEvent", id, self._event(event), **properties)

    def throw(self, id: str, event: str, **properties: str) -> Diagram:
        return self.node("intermediateThrowEvent", id, self._event(event), **properties)

    def boundary(self, id: str, on: str, event: str, interrupting: bool = True, **properties: str) -> Diagram:
        attributes = f'attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}"'
        return self.node("boundaryEvent", id, self._event(event), attributes, **properties)

    def call(self, id: str, key: str, **properties: str) -> Diagram:
        return self.node("callActivity", id, "", f'calledElement="{key}"', **properties)

    def sub(self, id: str, inner: Diagram, loop: str = "", **properties: str) -> Diagram:
        return self.node("subProcess", id, inner.body() + loop, **properties)

    def inside(self) -> Diagram:
        """A diagram for the inside of a sub-process of this one."""
        return Diagram(self.key, self.root)

    # -- flows --------------------------------------------------------------------------------------------------------

    def flow(self, *ids: str, when: str = "", default: bool = False) -> Diagram:
        """Connect the ids in a chain; a condition or default mark holds for the first connection."""
        for number, (source, target) in enumerate(itertools.pairwise(ids)):
            self.root._flows += 1
            flow_id = f"f{self.root._flows}"
            condition = ""
            if number == 0 and when:
                condition = f"<bpmn:conditionExpression>{escape(when)}</bpmn:conditionExpression>"
            if number == 0 and default:
                self.defaults[source] = flow_id
            self.parts.append(
                f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{condition}'
                "</bpmn:sequenceFlow>"
            )
        return self

    # -- results ------------------------------------------------------------------------------------------------------

    def body(self) -> str:
        text = "".join(self.parts)
        for source, flow_id in self.defaults.items():
            text = text.replace(f"@DEFAULT:{source}@", f'default="{flow_id}"')
        pieces = text.split("@DEFAULT:")
        return pieces[0] + "".join(piece.partition("@")[2] for piece in pieces[1:])

    def xml(self) -> bytes:
        references = "".join(
            f'<bpmn:{kind} id="{kind}_{name}" name="{name}" '
            f'{"errorCode" if kind == "error" else "escalationCode" if kind == "escalation" else "itemRef"}="{name}"/>'
            if kind in ("error", "escalation")
            else f'<bpmn:{kind} id="{kind}_{name}" name="{name}"/>'
            for kind, name in self.references
        )
        process = f'<bpmn:process id="{self.key}" isExecutable="true">{self.body()}</bpmn:process>'
        return f"{HEAD}{references}{process}</bpmn:definitions>".encode()

    def bundle(self, library: dict[str, Bundle] | None = None, **files: bytes) -> Bundle:
        named = {name.replace("__", "."): content for name, content in files.items()}
        return from_files(self.key, {f"{self.key}.bpmn": self.xml(), **named}, library or {})

    def _event(self, event: str) -> str:
        """`timer P1D`, `cycle R3/PT1H`, `date <FEEL>`, `message NAME`, `signal NAME`, `error CODE`, `terminate` …"""
        if not event:
            return ""
        kind, _, value = event.partition(" ")
        forms = {"timer": "timeDuration", "cycle": "timeCycle", "date": "timeDate"}
        if kind in forms:
            return (
                f"<bpmn:timerEventDefinition><bpmn:{forms[kind]}>{escape(value)}</bpmn:{forms[kind]}>"
                "</bpmn:timerEventDefinition>"
            )
        if not value:
            return f"<bpmn:{kind}EventDefinition/>"
        self.root.references[(kind, value)] = value
        return f'<bpmn:{kind}EventDefinition {kind}Ref="{kind}_{value}"/>'


def loop(sequential: bool = False, cardinality: str = "", completion: str = "") -> str:
    """The loop characteristics of a multi-instance activity."""
    inner = f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>" if cardinality else ""
    inner += f"<bpmn:completionCondition>{escape(completion)}</bpmn:completionCondition>" if completion else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{inner}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
