"""Reads DMN 1.3 to 1.5. The XML parser is closed: no entities, no DTD, no network, 2 MB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from engine.decisions import model as m
from engine.decisions.boxes import BoxReader
from engine.decisions.errors import DecisionInvalid, DecisionProblem
from engine.decisions.itemtypes import read_types
from engine.decisions.xml import child, children, href, local, type_ref

SIZE_LIMIT = 2_000_000
NODE_LIMIT = 60_000
_NAMESPACES = ("https://www.omg.org/spec/DMN/", "http://www.omg.org/spec/DMN/")


def parse_dmn(xml: bytes, file_name: str = "", *, strict: bool = True) -> m.DecisionModel:
    """The decision model of a DMN file.

    Raises `DecisionInvalid` with all problems: not DMN, a DOCTYPE, a broken expression, a requirement that leads
    nowhere or round in a circle. Not `strict`: a broken expression is null (the conformance kit has some).
    """
    root = _root(xml, file_name)
    problems: list[DecisionProblem] = []

    def report(element: Any, message: str, message_zh: str) -> None:
        problems.append(DecisionProblem(message, message_zh, _nearest_id(element), file_name))

    boxes = BoxReader(frozenset(_odd_names(root)), report if strict else _ignore)
    model = m.DecisionModel(
        name=root.get("name", ""),
        file_name=file_name,
        decisions={each.id: each for each in (_decision(e, boxes) for e in children(root, "decision"))},
        inputs={each.id: each for each in (_input(e) for e in children(root, "inputData"))},
        knowledge={each.id: each for each in (_knowledge(e, boxes) for e in children(root, "businessKnowledgeModel"))},
        services={each.id: each for each in (_service(e) for e in children(root, "decisionService"))},
        types=read_types(root, boxes),
    )
    if strict:
        problems.extend(_graph_problems(model))
    if problems:
        raise DecisionInvalid(problems)
    return model


def _ignore(_element: Any, _message: str, _message_zh: str) -> None:
    """Let a problem pass."""


def _refuse(file_name: str, message: str, message_zh: str) -> DecisionInvalid:
    return DecisionInvalid([DecisionProblem(message, message_zh, "", file_name)])


def _root(xml: bytes, file_name: str) -> Any:
    if len(xml) > SIZE_LIMIT:
        raise _refuse(file_name, f"larger than {SIZE_LIMIT} bytes", "文件超过 2 MB")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise _refuse(file_name, "DOCTYPE and ENTITY are not accepted", "文件不得含 DOCTYPE 或 ENTITY")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise _refuse(file_name, f"not well-formed XML: {problem}", "文件不是完好的 XML") from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise _refuse(file_name, "DOCTYPE is not accepted", "文件不得含 DOCTYPE")
    namespace = etree.QName(root).namespace or ""
    if local(root) != "definitions" or not namespace.startswith(_NAMESPACES):
        raise _refuse(file_name, "not a DMN definitions file", "不是 DMN 文件")
    if sum(1 for _ in root.iter()) > NODE_LIMIT:
        raise _refuse(file_name, f"more than {NODE_LIMIT} elements", "文件元素过多")
    return root


def _nearest_id(element: Any) -> str:
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""


_NAMED = frozenset(
    {"decision", "inputData", "businessKnowledgeModel", "decisionService", "variable", "parameter", "formalParameter",
     "itemComponent", "output", "column", "import"}
)  # fmt: skip


def _odd_names(root: Any) -> Iterator[str]:
    """Names of the model that are more than one plain word."""
    for element in root.iter():
        if isinstance(element.tag, str) and local(element) in _NAMED:
            name = element.get("name", "")
            if name and not name.isidentifier():
                yield name


def _decision(element: Any, boxes: BoxReader) -> m.Decision:
    name = element.get("name", "")
    variable = child(element, "variable")
    return m.Decision(
        id=element.get("id") or name,
        name=name,
        variable=(variable.get("name") if variable is not None else None) or name,
        type=type_ref(variable) if variable is not None else None,
        box=boxes.only(element),
        description=_text(element, "description"),
        decisions=tuple(_required(element, "informationRequirement", "requiredDecision")),
        inputs=tuple(_required(element, "informationRequirement", "requiredInput")),
        knowledge=tuple(_required(element, "knowledgeRequirement", "requiredKnowledge")),
    )


def _text(element: Any, name: str) -> str:
    found = child(element, name)
    return "".join(found.itertext()).strip() if found is not None else ""


def _required(element: Any, requirement: str, kind: str) -> Iterator[str]:
    for each in children(element, requirement):
        target = child(each, kind)
        if target is not None:
            yield href(target)


def _input(element: Any) -> m.InputData:
    variable = child(element, "variable")
    name = element.get("name", "")
    return m.InputData(
        id=element.get("id") or name, name=name, type=type_ref(variable) if variable is not None else None
    )


def _knowledge(element: Any, boxes: BoxReader) -> m.Knowledge:
    name = element.get("name", "")
    logic = child(element, "encapsulatedLogic")
    variable = child(element, "variable")
    function = boxes.function(logic) if logic is not None else m.FunctionBox(parameters=(), types=(), body=None)
    return m.Knowledge(
        id=element.get("id") or name,
        name=(variable.get("name") if variable is not None else None) or name,
        function=function,
        type=type_ref(variable) if variable is not None else None,
        knowledge=tuple(_required(element, "knowledgeRequirement", "requiredKnowledge")),
    )


def _service(element: Any) -> m.Service:
    name = element.get("name", "")
    variable = child(element, "variable")
    refs: Callable[[str], tuple[str, ...]] = lambda kind: tuple(href(each) for each in children(element, kind))  # noqa: E731
    return m.Service(
        id=element.get("id") or name,
        name=(variable.get("name") if variable is not None else None) or name,
        type=type_ref(variable) if variable is not None else None,
        outputs=refs("outputDecision"),
        decisions=refs("inputDecision"),
        inputs=refs("inputData"),
    )


def _graph_problems(model: m.DecisionModel) -> Iterator[DecisionProblem]:
    """Requirements that lead nowhere, and decisions that require themselves."""
    for decision in model.decisions.values():
        for target in decision.decisions:
            if target not in model.decisions:
                yield DecisionProblem(
                    f"required decision {target} is missing", f"缺少所依赖的决策 {target}", decision.id, model.file_name
                )
    for start in model.decisions:
        if _reaches(model, start):
            yield DecisionProblem(f"decision {start} requires itself", f"决策 {start} 依赖自身", start, model.file_name)


def _reaches(model: m.DecisionModel, start: str) -> bool:
    seen: set[str] = set()
    waiting = list(model.decisions[start].decisions)
    while waiting:
        current = waiting.pop()
        if current == start:
            return True
        if current not in seen and current in model.decisions:
            seen.add(current)
            waiting.extend(model.decisions[current].decisions)
    return False
