"""From a bundle's files to something that can run, cached by version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.decisions import DecisionInvalid, DecisionModel, parse_dmn
from engine.definitions.bundle import Bundle
from engine.definitions.gate import FileRefused, parse_xml
from engine.errors import DefinitionBroken
from engine.runtime.parser import BPMN, HouseParser, properties_of
from engine.runtime.scripting import split_names

FLOW_NODES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "callActivity",
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)


@dataclass(frozen=True, kw_only=True)
class Element:
    """What the diagram says of one flow node."""

    id: str
    process_key: str
    scope: str  #: id of the process or embedded sub-process that holds it
    kind: str
    name: str | None
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> str | None:
        return self.properties.get("form")

    @property
    def role(self) -> str | None:
        return self.properties.get("role")

    @property
    def service(self) -> str | None:
        return self.properties.get("service")

    @property
    def variables(self) -> tuple[str, ...]:
        """The only names that a submission, a service or a message may write into the state."""
        return split_names(self.properties.get("variables"))

    @property
    def separate_from(self) -> tuple[str, ...]:
        return split_names(self.properties.get("separate_from"))


@dataclass(frozen=True)
class ProcessSpec:
    """A version, ready to run: the library's specs, our elements, the decision tables it uses."""

    key: str
    top: Any
    subprocesses: dict[str, Any]
    elements: Mapping[tuple[str, str], Element]
    decisions: Mapping[str, DecisionModel]
    start_form: str | None
    program_form: str | None  #: the start form by which the program itself begins, beside the one for people
    start_variables: tuple[str, ...]
    _by_scope: Mapping[tuple[str, str], Element]
    _flows: Mapping[tuple[str, str, str], str]

    def element_of(self, scope: str, element_id: str) -> Element:
        """The element by the name of its process or embedded sub-process."""
        return self._by_scope[(scope, element_id)]

    def has_element(self, scope: str, element_id: str) -> bool:
        """Whether the named process or embedded sub-process holds this element."""
        return (scope, element_id) in self._by_scope

    def flow_between(self, process_key: str, source: str | None, target: str) -> str | None:
        """The sequence flow from one element to another, if there is one."""
        name = (source or "").removesuffix(".BoundaryEventSplit").removesuffix(" [child]")
        return self._flows.get((process_key, name, target))

    def spec_named(self, name: str) -> Any:
        """The library's spec of the top process or of a sub-process."""
        return self.top if name == self.top.name else self.subprocesses[name]


def compile_bundle(bundle: Bundle) -> ProcessSpec:
    """Compile a bundle and all it calls. Raises `DefinitionBroken` with the file and element."""
    parser = HouseParser()
    by_scope: dict[tuple[str, str], Element] = {}
    flows: dict[tuple[str, str, str], str] = {}
    decisions: dict[str, DecisionModel] = {}
    try:
        for each in bundle.closure():
            tree = parse_xml(each.diagram_bytes, f"{each.key}/{each.diagram_name}")
            parser.add_bpmn_xml(tree, filename=f"{each.key}/{each.diagram_name}")
            _index(tree, by_scope, flows)
            for path, content in each.decision_files.items():
                model = parse_dmn(content, f"{each.key}/{path}")
                decisions.update(dict.fromkeys(model.decisions, model))
        top = parser.get_spec(bundle.key)
        subprocesses = {name: spec for name, spec in parser.get_subprocess_specs(bundle.key).items() if spec}
    except RecursionError as error:
        raise DefinitionBroken(f"{bundle.key}: 流程图过长或嵌套过深") from error
    except (FileRefused, DecisionInvalid, ValidationException, SpiffWorkflowException, KeyError, ValueError) as error:
        raise DefinitionBroken(f"{bundle.key}: {error}") from error
    start = next((e for e in by_scope.values() if e.kind == "startEvent" and e.scope == bundle.key), None)
    return ProcessSpec(
        key=bundle.key,
        top=top,
        subprocesses=subprocesses,
        elements={(e.process_key, e.id): e for e in by_scope.values()},
        decisions=decisions,
        start_form=start.form if start else None,
        program_form=start.properties.get("program_form") if start else None,
        start_variables=start.variables if start else (),
        _by_scope=by_scope,
        _flows=flows,
    )


def _index(tree: Any, by_scope: dict[tuple[str, str], Element], flows: dict[tuple[str, str, str], str]) -> None:
    for process in tree.iter(f"{{{BPMN}}}process"):
        key = process.get("id")
        for node in process.iter():
            tag = (
                node.tag.rpartition("}")[2] if isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}") else ""
            )
            if tag == "sequenceFlow":
                flows[(key, node.get("sourceRef"), node.get("targetRef"))] = node.get("id")
            elif tag in FLOW_NODES:
                scope = node.getparent().get("id")
                by_scope[(scope, node.get("id"))] = Element(
                    id=node.get("id"),
                    process_key=key,
                    scope=scope,
                    kind=tag,
                    name=node.get("name"),
                    properties=properties_of(node),
                )


class SpecCache:
    """Compiled versions, the least recently used one goes first. Safe between threads."""

    def __init__(self, load: Callable[[str], Bundle], size: int = 64) -> None:
        self._load = load
        self._size = size
        self._specs: OrderedDict[str, ProcessSpec] = OrderedDict()
        self._lock = Lock()

    def get(self, version_id: str, load: Callable[[str], Bundle] | None = None) -> ProcessSpec:
        """The compiled version; its bundle is read (by `load`, if given) when it is not in the cache."""
        with self._lock:
            spec = self._specs.get(version_id)
            if spec is not None:
                self._specs.move_to_end(version_id)
                return spec
        spec = compile_bundle((load or self._load)(version_id))
        with self._lock:
            self._specs[version_id] = spec
            while len(self._specs) > self._size:
                self._specs.popitem(last=False)
        return spec
