"""SpiffWorkflow's parser, taught our elements and extension properties."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    ConditionalGatewayParser,
    SubprocessParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.runtime import elements, events, gateways, loops

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def properties_of(node: Any) -> dict[str, str]:
    """The extension properties of an element (`spiffworkflow:properties/property`)."""
    found = node.iterfind(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property")
    return {each.get("name", ""): each.get("value", "") for each in found}


def is_true(text: str) -> bool:
    """An XML boolean: `true` or `1`."""
    return text.strip().lower() in ("true", "1")


class HouseProcessSpec(BpmnProcessSpec):
    """A process with our root and without the library's end join: a process ends when its last token does."""

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        super(BpmnProcessSpec, self).__init__(name=name, filename=filename)
        self.start = elements.Root(self, "Start")
        self.end = None
        self.svg = None
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


class HouseProcessParser(ProcessParser):
    """Builds `HouseProcessSpec`; data objects on a diagram are for its readers."""

    def create_spec(self) -> HouseProcessSpec:
        return HouseProcessSpec(self.bpmn_id, self.get_name(), self.filename)

    def _parse(self) -> None:
        self.spec = self.create_spec()
        for node in self.xpath("./bpmn:startEvent"):
            self.parse_node(node)


class _House(TaskParser):
    """Extension properties, boundary events held side by side, multi-instance by property."""

    task: Any

    def parse_incoming_data_references(self) -> list[Any]:
        """None: papers are drawn for the diagram's readers, and no token carries them."""
        return []

    parse_outgoing_data_references = parse_incoming_data_references

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        return {"lane": self.lane, "bpmn_name": self.node.get("name"), "documentation": None}

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        return {"properties": properties_of(self.node if node is None else node)}

    def _add_boundary_event(self, children: list[Any]) -> elements.BoundarySplit:
        split = elements.BoundarySplit(self.spec, f"{self.bpmn_id}.BoundaryEventSplit", lane=self.task.lane)
        split.connect(self.task)
        for event in children:
            split.connect(self.process_parser.parse_node(event))
        return split

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        properties = properties_of(self.node)
        prefix = f"{{{BPMN}}}"
        original = self.spec.task_specs.pop(self.task.name)
        sequential = is_true(loop_characteristics.get("isSequential", "false"))
        kind = loops.SequentialMultiInstance if sequential else loops.MultiInstance
        self.task = kind(
            self.spec,
            original.name,
            collection=properties.get("collection"),
            element=properties.get("element"),
            cardinality=loop_characteristics.findtext(f"{prefix}loopCardinality"),
            condition=loop_characteristics.findtext(f"{prefix}completionCondition"),
            **self.bpmn_attributes,
        )
        self._copy_task_attrs(original, loop_characteristics)
        self.task.extensions = original.extensions

    def _add_loop_task(self, loop_characteristics: Any) -> None:
        self.raise_validation_exception("standard loop characteristics are not supported: draw the loop")


class PlainParser(_House):
    """Tasks without a parser of their own."""


class ScriptParser(_House):
    """Script tasks: the text of `bpmn:script`."""

    def create_task(self) -> Any:
        script = self.node.findtext(f"{{{BPMN}}}script") or ""
        return self.spec_class(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)


class SubProcessParser(_House):
    """Embedded sub-processes."""

    def create_task(self) -> Any:
        spec_id = SubprocessParser.get_subprocess_spec(self)
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=spec_id, **self.bpmn_attributes)


class CallParser(_House):
    """Call activities."""

    def create_task(self) -> Any:
        spec_id = SubprocessParser.get_call_activity_spec(self)
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=spec_id, **self.bpmn_attributes)


class ChoiceParser(_House, ConditionalGatewayParser):
    """Exclusive and inclusive gateways; a joining one's single flow needs no condition."""

    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        alone = len(self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)) == 1
        unconditional = alone and self.parse_condition(sequence_flow_node) is None
        super().connect_outgoing(outgoing_task, sequence_flow_node, is_default or unconditional)


class SplitParser(_House):
    """Parallel and event-based gateways."""

    def handles_multiple_outgoing(self) -> bool:
        return True


class EventParser(_House, EventDefinitionParser):
    """Events and send/receive tasks, with one definition each."""

    def get_description(self) -> None:
        return None

    def create_task(self) -> Any:
        definition = self._definition()
        if self.spec_class is events.BoundaryEvent:
            interrupting = is_true(self.node.get("cancelActivity", "true"))
            return events.BoundaryEvent(
                self.spec, self.bpmn_id, definition, cancel_activity=interrupting, **self.bpmn_attributes
            )
        task = self.spec_class(self.spec, self.bpmn_id, event_definition=definition, **self.bpmn_attributes)
        if self.spec_class is events.StartEvent:
            self.spec.start.connect(task)
        return task

    def _definition(self) -> events.Definition:
        if (reference := self.node.get("messageRef")) is not None:
            return events.Definition("message", self._named("messages", reference))
        for node in self.node:
            tag = node.tag if isinstance(node.tag, str) else ""
            if tag.endswith("EventDefinition"):
                return self._read(tag.rpartition("}")[2].removesuffix("EventDefinition"), node)
        return events.Definition()

    def _read(self, kind: str, node: Any) -> events.Definition:
        if kind == "timer":
            for form in ("Date", "Duration", "Cycle"):
                text = node.findtext(f"{{{BPMN}}}time{form}")
                if text is not None:
                    return events.Definition("timer", self.bpmn_id, expression=text.strip(), form=form.lower())
            self.raise_validation_exception("a timer event needs a timeDate, timeDuration or timeCycle")
        if kind in ("message", "signal"):
            return events.Definition(kind, self._named(f"{kind}s", node.get(f"{kind}Ref")))
        if kind in ("error", "escalation"):
            plural = {"error": "errors", "escalation": "escalations"}[kind]
            found = getattr(self.process_parser.parser, plural).get(node.get(f"{kind}Ref"), {})
            return events.Definition(kind, found.get("name"), code=found.get(f"{kind}_code"))
        if kind == "terminate":
            return events.Definition("terminate")
        self.raise_validation_exception(f"{kind} events are not supported")
        return events.Definition()

    def _named(self, catalogue: str, reference: str | None) -> str:
        name = getattr(self.process_parser.parser, catalogue).get(reference)
        if name is None:
            self.raise_validation_exception(f"{reference!r} is not defined in this file")
        return str(name)


_PARSERS: dict[str, tuple[type, type]] = {
    "task": (PlainParser, elements.NoneTask),
    "userTask": (PlainParser, elements.UserTask),
    "scriptTask": (ScriptParser, elements.ScriptTask),
    "serviceTask": (PlainParser, elements.ServiceTask),
    "businessRuleTask": (PlainParser, elements.RuleTask),
    "subProcess": (SubProcessParser, elements.SubProcess),
    "callActivity": (CallParser, elements.CallActivity),
    "exclusiveGateway": (ChoiceParser, gateways.ExclusiveGateway),
    "inclusiveGateway": (ChoiceParser, gateways.InclusiveGateway),
    "parallelGateway": (SplitParser, gateways.ParallelGateway),
    "eventBasedGateway": (SplitParser, gateways.EventGateway),
    "startEvent": (EventParser, events.StartEvent),
    "endEvent": (EventParser, events.EndEvent),
    "intermediateCatchEvent": (EventParser, events.CatchEvent),
    "intermediateThrowEvent": (EventParser, events.ThrowEvent),
    "boundaryEvent": (EventParser, events.BoundaryEvent),
    "receiveTask": (EventParser, events.CatchEvent),
    "sendTask": (EventParser, events.ThrowEvent),
}


class HouseParser(BpmnParser):
    """Only the elements that this program runs; all others are refused."""

    PROCESS_PARSER_CLASS = HouseProcessParser
    PARSER_CLASSES: dict[str, tuple[type, type]] = {}
    OVERRIDE_PARSER_CLASSES = {full_tag(tag): pair for tag, pair in _PARSERS.items()}
