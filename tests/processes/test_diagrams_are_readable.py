"""What a person at a desk sees of a diagram: every element drawn, none upon another, each in a lane of its role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cases.roles import ROLES, role_name

PROCESSES = Path(__file__).parents[2] / "processes"
KEYS = sorted(path.parent.name for path in PROCESSES.glob("*/process.toml"))
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
#: A few signs of a long label may stick out; more would be read as another element's.
SLACK = 1.0


@dataclass(frozen=True)
class Box:
    """Where a shape stands."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        return (
            self.left + SLACK < other.left + other.width
            and other.left + SLACK < self.left + self.width
            and self.top + SLACK < other.top + other.height
            and other.top + SLACK < self.top + self.height
        )

    def holds(self, x: float, y: float) -> bool:
        inside = self.left - SLACK <= x <= self.left + self.width + SLACK
        return inside and self.top - SLACK <= y <= self.top + self.height + SLACK


def tree(key: str) -> Any:
    return etree.parse(PROCESSES / key / f"{key}.bpmn").getroot()


def nodes(root: Any) -> Iterator[Any]:
    for node in root.iter(f"{MODEL}*"):
        if node.find(f"{MODEL}incoming") is not None or node.find(f"{MODEL}outgoing") is not None:
            yield node


def boxes(root: Any) -> Mapping[str, Box]:
    found = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        found[shape.get("bpmnElement")] = Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))
    return found


def lanes(root: Any) -> Mapping[str, Any]:
    """The innermost lane of each element."""
    return {
        reference.text.strip(): lane
        for lane in root.iter(f"{MODEL}lane")
        for reference in lane.findall(f"{MODEL}flowNodeRef")
    }


def stands_on(one: Any, other: Any) -> bool:
    """A boundary event stands on its host; a sub-process holds what is inside."""
    return one.get("attachedToRef") == other.get("id") or other in set(one.iterancestors())


@pytest.mark.parametrize("key", KEYS)
def test_no_element_is_drawn_upon_another(key: str) -> None:
    root = tree(key)
    drawn = boxes(root)
    for one, other in combinations(nodes(root), 2):
        if not (stands_on(one, other) or stands_on(other, one)):
            here, there = drawn[one.get("id")], drawn[other.get("id")]
            assert not here.meets(there), f"{one.get('name')} ({one.get('id')}) upon {other.get('name')}"


@pytest.mark.parametrize("key", KEYS)
def test_each_flow_is_drawn_from_its_source_to_its_target(key: str) -> None:
    root = tree(key)
    drawn = boxes(root)
    edges = {edge.get("bpmnElement"): edge.findall(f"{DD}waypoint") for edge in root.iter(f"{DI}BPMNEdge")}
    for flow in root.iter(f"{MODEL}sequenceFlow"):
        points = [(float(point.get("x")), float(point.get("y"))) for point in edges[flow.get("id")]]
        assert len(points) >= 2, flow.get("id")
        assert drawn[flow.get("sourceRef")].holds(*points[0]), f"{flow.get('id')} begins elsewhere"
        assert drawn[flow.get("targetRef")].holds(*points[-1]), f"{flow.get('id')} ends elsewhere"


@pytest.mark.parametrize("key", KEYS)
def test_each_user_task_stands_in_a_lane_of_its_role(key: str) -> None:
    root = tree(key)
    drawn, lane_of = boxes(root), lanes(root)
    for task in root.iter(f"{MODEL}userTask"):
        holder = task
        while holder.get("id") not in lane_of:
            holder = holder.getparent()
            assert holder is not None and holder.tag != f"{MODEL}process", f"{task.get('id')} stands in no lane"
        lane, here = lane_of[holder.get("id")], drawn[holder.get("id")]
        assert drawn[lane.get("id")].holds(here.left + here.width / 2, here.top + here.height / 2), task.get("id")
        role = next(each.get("value") for each in task.iter(PROPERTY) if each.get("name") == "role")
        assert role not in ROLES or body_of(role) in lane.get("name"), f"{task.get('id')}: {role} in {lane.get('name')}"


def body_of(role: str) -> str:
    """What a lane must say: the body or office, because handler and leader of one body may share a lane."""
    plain = re.sub(r"[(].*[)]|经办人|分管领导|值班员|涉密专办员|^未成年人", "", role_name(role))
    return "主要负责人" if plain.endswith("主要负责人") else plain


def run_through(root: Any) -> Iterator[str]:
    """What a flow runs through although it neither begins nor ends there."""
    drawn, known = boxes(root), {node.get("id"): node for node in nodes(root)}
    edges = {edge.get("bpmnElement"): edge.findall(f"{DD}waypoint") for edge in root.iter(f"{DI}BPMNEdge")}
    for flow in root.iter(f"{MODEL}sequenceFlow"):
        points = [(float(point.get("x")), float(point.get("y"))) for point in edges[flow.get("id")]]
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        ends |= {known[end].get("attachedToRef") for end in ends if end in known} - {None}
        for name, node in known.items():
            if name in ends or node.get("attachedToRef") in ends or node.tag == f"{MODEL}subProcess":
                continue
            if any(runs_through(a, b, drawn[name]) for a, b in pairwise(points)):
                yield f"{flow.get('id')} runs through {node.get('name')} ({name})"


@pytest.mark.parametrize("key", KEYS)
def test_no_flow_runs_through_an_element_that_it_does_not_touch(key: str) -> None:
    assert list(run_through(tree(key))) == []


def test_an_element_put_upon_a_flow_is_noticed() -> None:
    root = tree("visit")
    shape = next(each for each in root.iter(f"{DI}BPMNShape") if each.get("bpmnElement") == "VISITED")
    shape.find(f"{DC}Bounds").set("x", "670")
    assert any("VISITED" in each for each in run_through(root))


def runs_through(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight piece has a part inside the box (Liang and Barsky)."""
    first, last = 0.0, 1.0
    for begin, step, low, high in (
        (start[0], end[0] - start[0], box.left + SLACK, box.left + box.width - SLACK),
        (start[1], end[1] - start[1], box.top + SLACK, box.top + box.height - SLACK),
    ):
        if step == 0:
            if not low <= begin <= high:
                return False
            continue
        near, far = sorted(((low - begin) / step, (high - begin) / step))
        first, last = max(first, near), min(last, far)
    return first < last


@pytest.mark.parametrize(
    ("start", "end", "through"),
    [((0, 50), (200, 50), True), ((0, 0), (200, 200), True), ((0, 10), (200, 10), False), ((0, 50), (40, 50), False)],
)
def test_a_piece_inside_a_box_is_noticed(start: tuple[float, float], end: tuple[float, float], through: bool) -> None:
    assert runs_through(start, end, Box(50, 20, 100, 80)) is through


def test_shapes_upon_shapes_are_noticed() -> None:
    box = Box(50, 20, 100, 80)
    assert box.meets(Box(140, 90, 100, 80)) and not box.meets(Box(150, 20, 100, 80))


@pytest.mark.parametrize("key", KEYS)
def test_each_paper_is_drawn_clear_of_the_rest_and_tied_to_who_writes_or_reads_it(key: str) -> None:
    root = tree(key)
    drawn = boxes(root)
    papers = {each.get("id"): each for each in root.iter(f"{MODEL}dataObjectReference")}
    edges = {edge.get("bpmnElement"): edge.findall(f"{DD}waypoint") for edge in root.iter(f"{DI}BPMNEdge")}
    tied = set()
    for tie in (*root.iter(f"{MODEL}dataOutputAssociation"), *root.iter(f"{MODEL}dataInputAssociation")):
        writes = tie.tag == f"{MODEL}dataOutputAssociation"
        paper = tie.find(f"{MODEL}targetRef" if writes else f"{MODEL}sourceRef").text
        points = [(float(point.get("x")), float(point.get("y"))) for point in edges[tie.get("id")]]
        begins, ends = (tie.getparent().get("id"), paper) if writes else (paper, tie.getparent().get("id"))
        assert drawn[begins].holds(*points[0]) and drawn[ends].holds(*points[-1]), tie.get("id")
        tied.add(paper)
    assert tied == set(papers)
    for name, paper in papers.items():
        assert paper.get("name") and paper.findtext(f"{MODEL}documentation"), name
        for node in nodes(root):
            if node.tag != f"{MODEL}subProcess":
                assert not drawn[name].meets(drawn[node.get("id")]), f"{name} upon {node.get('id')}"
        for flow in root.iter(f"{MODEL}sequenceFlow"):
            points = [(float(point.get("x")), float(point.get("y"))) for point in edges[flow.get("id")]]
            through = any(runs_through(a, b, drawn[name]) for a, b in pairwise(points))
            assert not through, f"{flow.get('id')} runs through {name}"


def test_the_papers_of_a_case_are_drawn() -> None:
    drawn = {key for key in KEYS if tree(key).find(f".//{MODEL}dataObjectReference") is not None}
    assert drawn >= {"custody", "guardianship", "intervention", "assessment", "publicity", "exit", "objection"}
    assert drawn >= {"application", "review", "report", "relief", "payment", "survey", "survey_town", "survey_village"}
