"""What an emergency did without is demanded afterwards: each step stands on every way to the end, with a due date, so
that no case ends without it. Told whole in the story report/order_return_missed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"


def read(key: str) -> Any:
    return etree.parse(PROCESSES / key / f"{key}.bpmn").getroot()


def reachable(root: Any, start: str, *, without: Collection[str], never: Collection[str] = ()) -> set[str]:
    """What a token can reach from `start` that passes neither these elements nor these flows."""
    flows = [
        (each.get("sourceRef"), each.get("targetRef"))
        for each in root.iter(f"{MODEL}sequenceFlow")
        if each.get("id") not in never
    ]
    seen, waiting = set(), [start]
    while waiting:
        each = waiting.pop()
        if each in seen or each in without:
            continue
        seen.add(each)
        waiting += [target for source, target in flows if source == each]
    return seen


def due(root: Any, element: str) -> str:
    (node,) = root.xpath(f"//*[@id='{element}']")
    return next((each.get("value") for each in node.iter(PROPERTY) if each.get("name") == "due"), "")


#: From where, which step, to where, and the flows of cases that do not owe it.
DEMANDED = [
    ("report", "h_gw_papers", "h_ut_papers", "h_gw_done", ("f_h_gw_papers__h_gw_papers_in",)),
    ("guardianship", "h_g_start", "h_ut_temp_decide", "h_g_end", ()),
    ("guardianship", "h_s_start", "h_ut_intake", "h_gw_schooled", ()),
    ("guardianship", "h_s_start", "h_ut_plan", "h_gw_schooled", ()),
    ("guardianship", "h_gw_po_made", "h_ut_po_assist", "h_gw_po_end", ("f_h_gw_po_made__h_gw_po_end",)),
    ("intervention", "h_i_start", "h_ut_conclusion", "h_i_end", ()),
    ("intervention", "h_sc_file", "h_ut_court_result", "h_i_end", ()),
]


@pytest.mark.parametrize(("key", "start", "step", "end", "free"), DEMANDED, ids=lambda each: str(each))
def test_there_is_no_way_around_it_and_it_has_a_date(
    key: str, start: str, step: str, end: str, free: tuple[str, ...]
) -> None:
    root = read(key)
    assert due(root, step), "an open task with a due date"
    assert end in reachable(root, start, without=(), never=free)
    assert end not in reachable(root, start, without=(step,), never=free)


#: Ends of a branch of its own inside the sub-process, which is over only when that branch is too.
OWN_ENDS = frozenset({"h_s_police_end"})


@pytest.mark.parametrize(
    ("key", "split", "join", "first"),
    [
        (
            "guardianship",
            "h_gw_s_split",
            "h_gw_s_join",
            {"h_ut_intake", "h_ut_statement", "h_ca_assessment", "h_ut_po_apply"},
        ),
    ],
)
def test_the_case_waits_for_all_of_them(key: str, split: str, join: str, first: set[str]) -> None:
    """As many branches come together as went apart, at a gateway that waits for each."""
    root = read(key)
    (fork,), (meet,) = root.xpath(f"//*[@id='{split}']"), root.xpath(f"//*[@id='{join}']")
    assert fork.tag == meet.tag == f"{MODEL}parallelGateway"
    assert len(fork.findall(f"{MODEL}outgoing")) == len(meet.findall(f"{MODEL}incoming")) >= 4
    opened = {each.get("targetRef") for each in root.iter(f"{MODEL}sequenceFlow") if each.get("sourceRef") == split}
    assert opened == first and all(due(root, each) for each in opened if each.startswith("h_ut_"))
    ends = {each.get("id") for each in root.iter(f"{MODEL}endEvent")} - OWN_ENDS
    assert not ends & reachable(root, split, without=(join,)), "no end but behind the join"


@pytest.mark.parametrize(
    ("split", "first"),
    [
        ("h_gw_fork", {"h_st_identified", "h_ut_feedback"}),
        ("h_gw_onward", {"h_ut_police_notice", "h_gw_state"}),
        ("h_gw_care", {"h_gw_papers", "h_gw_path"}),
    ],
)
def test_a_report_ends_only_when_every_branch_that_was_opened_is_done(split: str, first: set[str]) -> None:
    """Feedback and the notice to the township begin early; the last gateway waits for whatever may still come."""
    root = read("report")
    (fork,), (meet,) = root.xpath(f"//*[@id='{split}']"), root.xpath("//*[@id='h_gw_done']")
    assert (fork.tag, meet.tag) == (f"{MODEL}parallelGateway", f"{MODEL}inclusiveGateway")
    opened = {each.get("targetRef") for each in root.iter(f"{MODEL}sequenceFlow") if each.get("sourceRef") == split}
    assert opened == first and all(due(root, each) for each in opened if each.startswith("h_ut_"))
    ends = {each.get("id") for each in root.iter(f"{MODEL}endEvent")}
    assert not ends & reachable(root, split, without=("h_gw_done",)), "no end but behind the join"
