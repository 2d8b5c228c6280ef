"""Small diagrams for tests, written as calls instead of XML.

builder = Builder("demo")
builder.start("s"); builder.user("a"); builder.end("e")
builder.chain("s", "a", "e")
bundle = builder.bundle()
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from engine.definitions.bundle import Bundle, from_files

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="definitions" targetNamespace="http://tongan.example/bpmn">\n'
)
MANIFEST = 'key = "{key}"\ntitle = "样例"\nowner = "民政局"\nstarters = ["clerk"]\ncase_kind = "sample"\n'
SERVICES = frozenset({"notify"})
ROLES = frozenset({"clerk", "leader"})


def form(*fields: str) -> bytes:
    """A form with text fields."""
    components = [{"type": "textfield", "key": key, "label": key, "id": f"Field_{key}"} for key in fields]
    return json.dumps({"type": "default", "schemaVersion": 19, "id": "form", "components": components}).encode()


class Builder:
    """A diagram in the making. `scope` of an element names the sub-process it stands in."""

    def __init__(self, key: str = "demo") -> None:
        self.key = key
        self.scopes: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {key: []}
        self.wraps: dict[str, tuple[str, str]] = {}
        self.ids: list[str] = []
        self.flow_ids: list[tuple[str, str, str]] = []
        self.roots: list[str] = []
        self.files: dict[str, bytes] = {"process.toml": MANIFEST.format(key=key).encode()}
        self.documentation = "<bpmn:documentation>样例</bpmn:documentation>"

    def node(
        self,
        tag: str,
        id: str,
        *,
        scope: str | None = None,
        body: str = "",
        attributes: str = "",
        name: str = "名称",
        **properties: str,
    ) -> Builder:
        """Any element. Keyword arguments become extension properties (`__` stands for a dot)."""
        extension = "".join(
            f'<spiffworkflow:property name="{key.replace("__", ".")}" value={quoteattr(value)}/>'
            for key, value in properties.items()
        )
        if extension:
            extension = (
                f"<bpmn:extensionElements><spiffworkflow:properties>{extension}"
                "</spiffworkflow:properties></bpmn:extensionElements>"
            )
        opening = f'<bpmn:{tag} id="{id}" name="{name}" {attributes}>{extension}{body}'
        home = scope or self.key
        self.scopes[id] = home
        self.ids.append(id)
        self.parts[home].append(id)
        self.wraps[id] = (opening, f"</bpmn:{tag}>")
        return self

    def start(self, id: str = "s", **more: str) -> Builder:
        return self.node("startEvent", id, **more)

    def end(self, id: str = "e", **more: str) -> Builder:
        return self.node("endEvent", id, **more)

    def user(self, id: str, **more: str) -> Builder:
        self.files.setdefault("forms/note.form", form("note"))
        return self.node("userTask", id, **{"form": "note", "role": "clerk"} | more)

    def service(self, id: str, **more: str) -> Builder:
        return self.node("serviceTask", id, **{"service": "notify"} | more)

    def exclusive(self, id: str, **more: str) -> Builder:
        return self.node("exclusiveGateway", id, **more)

    def parallel(self, id: str, **more: str) -> Builder:
        return self.node("parallelGateway", id, **more)

    def inclusive(self, id: str, **more: str) -> Builder:
        return self.node("inclusiveGateway", id, **more)

    def sub(self, id: str, **more: str) -> Builder:
        self.parts[id] = []
        return self.node("subProcess", id, **more)

    def boundary(self, id: str, host: str, *, interrupting: bool = True, event: str = "timer", **more: str) -> Builder:
        attributes = f'attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
        if event == "message":
            more = {"message_key": "case_id"} | more
        return self.node("boundaryEvent", id, attributes=attributes, body=definition(event), **more)

    def catch(self, id: str, event: str = "timer", **more: str) -> Builder:
        if event == "message":
            more = {"message_key": "case_id"} | more
        return self.node("intermediateCatchEvent", id, body=definition(event), **more)

    def flow(self, source: str, target: str, condition: str | None = None, id: str | None = None) -> Builder:
        """An arrow; its id is `<source>-<target>` unless given."""
        identity = id or f"{source}-{target}"
        home = self.scopes.get(source) or self.scopes.get(target) or self.key
        inner = (
            f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition is not None else ""
        )
        self.wraps[identity] = (
            f'<bpmn:sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">{inner}',
            "</bpmn:sequenceFlow>",
        )
        self.parts[home].append(identity)
        self.flow_ids.append((identity, source, target))
        return self

    def chain(self, *ids: str) -> Builder:
        for source, target in pairwise(ids):
            self.flow(source, target)
        return self

    def choice(self, gateway: str, default: str, **conditions: str) -> Builder:
        """Arrows out of a deciding gateway: one default, the others with conditions."""
        opening, closing = self.wraps[gateway]
        self.wraps[gateway] = (opening.replace(">", f' default="{gateway}-{default}">', 1), closing)
        self.flow(gateway, default)
        for target, condition in conditions.items():
            self.flow(gateway, target, condition)
        return self

    def root(self, xml: str) -> Builder:
        """An element beside the process: a message, a signal, an error."""
        self.roots.append(xml)
        return self

    def xml(self) -> bytes:
        """The diagram, with a plain layout."""
        body = "\n".join(self._element(each) for each in self.parts[self.key])
        shapes = "\n".join(
            f'<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}">'
            f'<dc:Bounds x="{index * 140}" y="100" width="100" height="80"/></bpmndi:BPMNShape>'
            for index, id in enumerate(self.ids)
        )
        edges = "\n".join(
            f'<bpmndi:BPMNEdge id="{id}_di" bpmnElement="{id}">'
            '<di:waypoint x="0" y="140"/><di:waypoint x="10" y="140"/></bpmndi:BPMNEdge>'
            for id, _, _ in self.flow_ids
        )
        return (
            f"{HEAD}{ROOTS}{''.join(self.roots)}"
            f'<bpmn:process id="{self.key}" name="样例" isExecutable="true">{self.documentation}\n{body}\n'
            "</bpmn:process>\n"
            f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.key}">\n'
            f"{shapes}\n{edges}\n"
            "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n</bpmn:definitions>\n"
        ).encode()

    def all_files(self) -> dict[str, bytes]:
        return {f"{self.key}.bpmn": self.xml(), **self.files}

    def bundle(self, library: Mapping[str, Bundle] | None = None, shared: Mapping[str, bytes] | None = None) -> Bundle:
        return from_files(self.key, self.all_files(), library or {}, shared)

    def _element(self, id: str) -> str:
        opening, closing = self.wraps[id]
        inner = "\n".join(self._element(each) for each in self.parts.get(id, ()))
        return f"{opening}{inner}{closing}"


ROOTS = (
    '<bpmn:message id="message_1" name="MSG_ONE"/><bpmn:signal id="signal_1" name="SIG_ONE"/>'
    '<bpmn:error id="error_1" name="错误" errorCode="E1"/>'
    '<bpmn:escalation id="escalation_1" name="升级" escalationCode="X1"/>\n'
)


def definition(event: str) -> str:
    """The event definition of a kind, with a plain content."""
    if event == "timer":
        return "<bpmn:timerEventDefinition><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    if event == "cycle":
        return "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"
    if event in ("message", "signal", "error", "escalation"):
        return f'<bpmn:{event}EventDefinition {event}Ref="{event}_1"/>'
    return f"<bpmn:{event}EventDefinition/>" if event else ""


def straight(key: str = "demo") -> Builder:
    """Start, one user task, end."""
    return Builder(key).start().user("a").end().chain("s", "a", "e")
