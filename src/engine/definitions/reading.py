"""From a diagram's XML to `diagram` values. Reads what any BPMN modeler writes; judges nothing but the XML gate."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.diagram import (
    FLOW_NODES,
    SUBPROCESSES,
    Diagram,
    EventDefinition,
    Flow,
    Lane,
    Loop,
    Node,
    Process,
    Stray,
)
from engine.definitions.gate import FileRefused, parse_xml
from engine.definitions.problem import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

#: Tags inside a process that carry no behaviour.
SILENT = frozenset({
    "documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "incoming",
    "outgoing", "script", "condition", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics",
    "monitoring", "auditing",
    "dataObject", "dataObjectReference", "dataInputAssociation", "dataOutputAssociation",  # papers, for its readers
})  # fmt: skip
MAX_LEVELS = 20


def parse_diagram(raw: bytes, file: str = "") -> Diagram:
    """A diagram as values. In: the file's bytes and its name for messages. Raises `gate.FileRefused`."""
    root = parse_xml(raw, file)
    if root.tag != f"{{{BPMN}}}definitions":
        raise FileRefused(
            Problem(
                rule="not-bpmn",
                file=file,
                line=line_of(root),
                message="文件不是 BPMN 2.0 流程图(根元素应为 bpmn:definitions)。请用流程建模工具保存为 .bpmn 文件。",
                message_en="The file is not a BPMN 2.0 diagram (root: bpmn:definitions). Save it from a modeler.",
            )
        )
    nesting = _nesting(root)
    if nesting > MAX_LEVELS:
        raise FileRefused(
            Problem(
                rule="too-deep",
                file=file,
                message=f"子流程嵌套了 {nesting} 层,上限为 {MAX_LEVELS} 层。请改用调用活动引用独立流程。",
                message_en=f"Sub-processes are nested {nesting} levels; at most {MAX_LEVELS}. Use call activities.",
            )
        )
    names = _names(root)
    return Diagram(
        file=file,
        processes=tuple(_process(element, names) for element in root.findall(_bpmn("process"))),
        duplicates=tuple(_duplicates(root)),
        nesting=nesting,
        drawn=frozenset(
            shape.get("bpmnElement", "") for shape in root.iter(f"{{{BPMN_DI}}}BPMNShape", f"{{{BPMN_DI}}}BPMNEdge")
        ),
    )


def line_of(element: etree._Element) -> int | None:
    """Where the element begins in the file."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _text(element: etree._Element | None) -> str | None:
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else None


def _nesting(root: etree._Element) -> int:
    tags = {_bpmn(tag) for tag in (*SUBPROCESSES, "process")}
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end"), tag=tuple(tags)):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def _names(root: etree._Element) -> dict[str, str]:
    """Names of messages and signals, codes of errors and escalations, by id."""
    names = {}
    for tag, attribute in (
        ("message", "name"),
        ("signal", "name"),
        ("error", "errorCode"),
        ("escalation", "escalationCode"),
    ):
        for element in root.findall(_bpmn(tag)):
            names[element.get("id", "")] = (element.get(attribute) or "").strip()
    return names


def _duplicates(root: etree._Element) -> Iterator[tuple[str, int | None]]:
    seen: set[str] = set()
    for element in root.iter():
        identity = element.get("id") if isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}") else None
        if identity and identity in seen:
            yield identity, line_of(element)
        seen.add(identity or "")


def _process(element: etree._Element, names: dict[str, str]) -> Process:
    nodes: list[Node] = []
    flows: list[Flow] = []
    strays: list[Stray] = []
    _collect(element, element.get("id", ""), names, nodes, flows, strays)
    return Process(
        id=element.get("id", ""),
        name=element.get("name"),
        executable=element.get("isExecutable", "").strip() in ("true", "1"),
        documentation=_text(element.find(_bpmn("documentation"))) or None,
        nodes=tuple(nodes),
        flows=tuple(flows),
        lanes=tuple(
            Lane(
                id=lane.get("id", ""),
                name=lane.get("name"),
                nodes=tuple((ref.text or "").strip() for ref in lane.findall(_bpmn("flowNodeRef"))),
            )
            for lane in element.iter(_bpmn("lane"))
        ),
        strays=tuple(strays),
        line=line_of(element),
    )


def _collect(
    holder: etree._Element,
    scope: str,
    names: dict[str, str],
    nodes: list[Node],
    flows: list[Flow],
    strays: list[Stray],
) -> None:
    """Sort the children of a process, sub-process or element; what is neither drawing nor known is a stray."""
    for child in holder:
        if not isinstance(child.tag, str) or not child.tag.startswith(f"{{{BPMN}}}"):
            continue
        tag = _local(child)
        inside = _local(holder) in SUBPROCESSES or _local(holder) == "process"
        if tag in FLOW_NODES and inside:
            nodes.append(_node(child, tag, scope, names))
            _collect(child, child.get("id", ""), names, nodes, flows, strays)
        elif tag == "sequenceFlow" and inside:
            flows.append(_flow(child, scope))
        elif tag not in SILENT and not tag.endswith("EventDefinition"):
            strays.append(Stray(tag=tag, id=child.get("id") or holder.get("id"), line=line_of(child)))


def _flow(element: etree._Element, scope: str) -> Flow:
    return Flow(
        id=element.get("id", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        name=element.get("name"),
        condition=_text(element.find(_bpmn("conditionExpression"))),
        scope=scope,
        line=line_of(element),
    )


def _node(element: etree._Element, tag: str, scope: str, names: dict[str, str]) -> Node:
    interrupting = element.get("cancelActivity" if tag == "boundaryEvent" else "isInterrupting", "true")
    return Node(
        id=element.get("id", ""),
        kind=tag,
        name=element.get("name"),
        scope=scope,
        line=line_of(element),
        documentation=_text(element.find(_bpmn("documentation"))) or None,
        properties=_properties(element),
        events=tuple(_event_definitions(element, names)),
        attached_to=element.get("attachedToRef"),
        interrupting=interrupting.strip() not in ("false", "0"),
        default_flow=element.get("default"),
        loop=_loop(element),
        script=_text(element.find(_bpmn("script"))),
        script_format=element.get("scriptFormat"),
        called=element.get("calledElement"),
        by_event=element.get("triggeredByEvent", "").strip() in ("true", "1"),
        extensions=tuple(_extensions(element)),
    )


def _properties(element: etree._Element) -> dict[str, str]:
    path = f"{_bpmn('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return {found.get("name", "").strip(): (found.get("value") or "").strip() for found in element.iterfind(path)}


def _extensions(element: etree._Element) -> Iterator[str]:
    """Extension tags other than `properties`: pre- and post-scripts, instructions and other vendors' bindings."""
    for child in element.iterfind(f"{_bpmn('extensionElements')}/*"):
        if isinstance(child.tag, str) and child.tag != f"{{{SPIFF}}}properties":
            yield child.tag


def _event_definitions(element: etree._Element, names: dict[str, str]) -> Iterator[EventDefinition]:
    message = element.get("messageRef")
    if message:
        yield EventDefinition(kind="message", reference=message, name=names.get(message), line=line_of(element))
    for child in element:
        tag = _local(child) if isinstance(child.tag, str) else ""
        if not tag.endswith("EventDefinition"):
            continue
        kind = tag.removesuffix("EventDefinition")
        reference = child.get(f"{kind}Ref")
        timer = next((part for part in child if isinstance(part.tag, str) and _local(part).startswith("time")), None)
        condition = child.find(_bpmn("condition"))
        yield EventDefinition(
            kind=kind,
            reference=reference,
            name=names.get(reference) if reference else None,
            text=_text(timer if timer is not None else condition) or "",
            timer=_local(timer) if timer is not None else None,
            line=line_of(child),
        )


def _loop(element: etree._Element) -> Loop | None:
    if element.find(_bpmn("standardLoopCharacteristics")) is not None:
        return Loop(kind="standard")
    multi = element.find(_bpmn("multiInstanceLoopCharacteristics"))
    if multi is None:
        return None
    return Loop(
        kind="multi",
        sequential=multi.get("isSequential", "").strip() in ("true", "1"),
        cardinality=_text(multi.find(_bpmn("loopCardinality"))) or None,
        completion=_text(multi.find(_bpmn("completionCondition"))) or None,
        data=tuple(
            _local(child)
            for child in multi
            if isinstance(child.tag, str)
            and _local(child) in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem")
        ),
    )
