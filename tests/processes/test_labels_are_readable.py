"""What a person at a desk reads on a diagram: each word clear of other elements, and nearest to what it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

import pytest

from tests.processes.test_diagrams_are_readable import DC, DD, DI, KEYS, MODEL, Box, boxes, nodes, runs_through, tree

Point = tuple[float, float]
#: Signs are this wide and high in the viewer: Chinese ones, and the others.
WIDE, NARROW, HIGH = 11.0, 6.0, 13.0
AIR = 2.0


def words(root: Any) -> dict[str, Box]:
    """Where the viewer writes each label that stands outside its element: in the middle of its bounds, from above."""
    names = {node.get("id"): node.get("name") for node in root.iter(f"{MODEL}*")}
    found = {}
    for drawn in (*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")):
        bounds, name = drawn.find(f"{DI}BPMNLabel/{DC}Bounds"), names.get(drawn.get("bpmnElement"))
        if bounds is not None and name:
            x, y, width = (float(bounds.get(side)) for side in ("x", "y", "width"))
            wide = sum(WIDE if sign > "⺀" else NARROW for sign in name)
            found[drawn.get("bpmnElement")] = Box(x + width / 2 - wide / 2, y, wide, HIGH)
    return found


def titles(root: Any) -> list[Box]:
    """Where the viewer writes the name of an embedded sub-process: inside its upper edge, in the middle."""
    drawn = boxes(root)
    found = []
    for each in root.iter(f"{MODEL}subProcess"):
        frame, wide = drawn[each.get("id")], len(each.get("name")) * WIDE
        found.append(Box(frame.left + frame.width / 2 - wide / 2, frame.top + 5, wide, HIGH))
    return found


def ways(root: Any) -> dict[str, list[Point]]:
    """The corners of each flow."""
    return {
        edge.get("bpmnElement"): [
            (float(each.get("x")), float(each.get("y"))) for each in edge.findall(f"{DD}waypoint")
        ]
        for edge in root.iter(f"{DI}BPMNEdge")
    }


def in_the_way(root: Any) -> Iterator[tuple[str, str]]:
    """Labels on another label, on an element, under a flow, or nearer to another flow of the same gateway."""
    read, drawn, flows = words(root), boxes(root), ways(root)
    for one, other in combinations(read, 2):
        if read[one].meets(read[other]):
            yield one, other
    solid = [node.get("id") for node in nodes(root) if node.tag != f"{MODEL}subProcess"]
    leaving = {flow.get("id"): flow.get("sourceRef") for flow in root.iter(f"{MODEL}sequenceFlow")}
    for name, box in read.items():
        yield from ((name, each) for each in solid if each != name and box.meets(drawn[each]))
        yield from ((name, "title") for each in titles(root) if box.meets(each))
        for flow, points in flows.items():
            if any(runs_through(a, b, widened(box)) for a, b in pairwise(points)):
                yield name, flow
            beside = flow != name and leaving.get(flow) == leaving.get(name, "nothing")
            if beside and away(box, points) <= away(box, flows[name]):
                yield name, flow


def widened(box: Box) -> Box:
    """A word needs a little air above and below, else a line reads as its underline."""
    return Box(box.left, box.top - AIR, box.width, box.height + 2 * AIR)


def away(box: Box, points: Sequence[Point]) -> float:
    """How far a flow with right angles passes by."""
    return min(apart(box, a, b) for a, b in pairwise(points))


def apart(box: Box, start: Point, end: Point) -> float:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    across = max(box.left - right, 0.0, left - box.left - box.width)
    down = max(box.top - bottom, 0.0, top - box.top - box.height)
    return (across**2 + down**2) ** 0.5


def without_a_place(root: Any) -> list[str]:
    """Names that stand beside their element, with no bounds: the viewer then writes them right below."""
    read = words(root)
    outside = ("Event", "Gateway", "sequenceFlow", "dataObjectReference")
    named = [node for node in root.iter(f"{MODEL}*") if node.get("name") and node.tag.endswith(outside)]
    return [node.get("id") for node in named if node.get("id") not in read]


@pytest.mark.parametrize("key", KEYS)
def test_each_name_beside_its_element_has_a_place_of_its_own(key: str) -> None:
    """Else a boundary event's name is written upon the task that it stands on."""
    assert without_a_place(tree(key)) == []


def test_a_name_without_a_place_is_noticed() -> None:
    root = tree("visit")
    shape = next(each for each in root.iter(f"{DI}BPMNShape") if each.get("bpmnElement") == "g_gw_died")
    shape.remove(shape.find(f"{DI}BPMNLabel"))
    assert without_a_place(root) == ["g_gw_died"]


@pytest.mark.parametrize("key", KEYS)
def test_each_label_is_clear_and_beside_what_it_names(key: str) -> None:
    assert list(in_the_way(tree(key))) == []


def shared(one: Sequence[Point], other: Sequence[Point]) -> float:
    """How long two flows lie on one another."""
    longest = 0.0
    for (a, b), (c, d) in ((first, second) for first in pairwise(one) for second in pairwise(other)):
        for along, across in ((0, 1), (1, 0)):
            if abs(a[across] - b[across]) < 1 > abs(c[across] - d[across]) and abs(a[across] - c[across]) < 3:
                begin = max(min(a[along], b[along]), min(c[along], d[along]))
                finish = min(max(a[along], b[along]), max(c[along], d[along]))
                longest = max(longest, finish - begin)
    return longest


@pytest.mark.parametrize("key", KEYS)
def test_flows_that_neither_begin_nor_end_together_do_not_lie_on_one_another(key: str) -> None:
    """Else one reads a way that there is not."""
    root = tree(key)
    flows = ways(root)
    for one, other in combinations(root.iter(f"{MODEL}sequenceFlow"), 2):
        if one.get("sourceRef") != other.get("sourceRef") and one.get("targetRef") != other.get("targetRef"):
            assert shared(flows[one.get("id")], flows[other.get("id")]) < 10, (one.get("id"), other.get("id"))


def test_a_flow_upon_a_flow_is_noticed() -> None:
    line = [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]
    assert shared(line, [(60.0, 1.0), (200.0, 1.0)]) == 40
    assert shared(line, [(60.0, 9.0), (200.0, 9.0)]) == 0
    assert shared(line, [(99.0, 10.0), (99.0, 90.0)]) == 40


def test_a_label_in_the_way_is_noticed() -> None:
    root = tree("visit")
    label = next(each for each in root.iter(f"{DI}BPMNShape") if each.get("bpmnElement") == "g_gw_died")
    bounds = label.find(f"{DI}BPMNLabel/{DC}Bounds")
    bounds.set("y", str(float(bounds.get("y")) + 40))
    assert {name for name, _ in in_the_way(root)} == {"g_gw_died"}
