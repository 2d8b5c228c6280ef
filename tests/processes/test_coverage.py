"""The told stories reach at least 95 % of the elements and flows of every process, and every end of each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cases.coverage import Covered, cover, drawn, share, table
from tests.processes.played import PROCESSES, STORIES, played

BAR = 0.95
DIAGRAMS = sorted(PROCESSES.glob("*/*.bpmn"))
EXCUSED = tomllib.loads((Path(__file__).parents[1] / "data" / "not_reached.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(shared: Path, sqlite_template: Path) -> list[Covered]:
    reached = frozenset().union(*(played(path, shared, sqlite_template).reached for path in STORIES))
    return [cover(drawn(path.read_bytes(), path.name), reached) for path in DIAGRAMS]


@pytest.mark.timeout(600)
def test_the_stories_reach_nearly_everything(found: list[Covered]) -> None:
    print(table(found))
    assert share(found) >= BAR, table(found)
    assert {each.process for each in found if each.share < BAR} == set(EXCUSED["below"])


@pytest.mark.timeout(600)
def test_every_end_of_every_process_is_reached(found: list[Covered]) -> None:
    assert {each.process: each.missed_ends for each in found if each.missed_ends} == {}


@pytest.mark.timeout(600)
def test_what_is_not_reached_is_listed_with_its_reason(found: list[Covered]) -> None:
    elements = {f"{each.process}/{missed}" for each in found for missed in each.missed_elements}
    flows = {f"{each.process}/{missed}" for each in found for missed in each.missed_flows}
    assert elements == set(EXCUSED["elements"])
    assert flows == set(EXCUSED["flows"])
    assert all(len(reason) > 10 for listed in EXCUSED.values() for reason in listed.values())


def test_what_was_not_passed_is_found() -> None:
    """The count would be worthless if it forgot an element, a flow or an end."""
    path = PROCESSES / "visit" / "visit.bpmn"
    covered = cover(drawn(path.read_bytes(), path.name), [("visit", "g_visit_start"), ("other", "VISITED")])
    assert covered.missed_ends == ("VISITED",)
    assert "g_ut_visit" in covered.missed_elements
    assert covered.share < BAR


def test_a_way_into_a_join_is_reached_when_the_join_was_passed() -> None:
    """The history names the flow that arrived last; the join waited for the others."""
    path = PROCESSES / "quarterly" / "quarterly.bpmn"
    diagram = drawn(path.read_bytes(), path.name)
    through = {"g_ut_merge", "g_gw_merge", "g_ut_report"}
    flow = "f_g_gw_merge__g_gw_join"
    waits = cover(diagram, [("quarterly", each) for each in through])
    passed = cover(diagram, [("quarterly", each) for each in {*through, "g_gw_join"}])
    assert flow in waits.missed_flows and flow not in passed.missed_flows
    assert "f_g_gw_merge__g_ut_village_sign" in passed.missed_flows
