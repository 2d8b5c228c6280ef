"""Every told story, played through the commands that the pages call; each step loads and saves the instance."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from cases.scenario import play
from cases.story import read_story

PROCESSES = Path(__file__).parents[2] / "processes"
STORIES = sorted(PROCESSES.glob("*/scenarios/*.toml"))
COVERED = {
    *("AC-01", "AC-02", "AC-03a", "AC-03b", "AC-04", "AC-05", "AC-06", "AC-07"),
    *("AC-11", "AC-12", "AC-08", "AC-09a", "AC-09b", "AC-09c", "AC-09d", "AC-10", "DL-01"),
    *("P_J", "DL-38", "DL-39", "P_I", "M15"),
}


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_holds(path: Path) -> None:
    told = read_story(path)
    assert told.steps
    assert play(told, PROCESSES, say=silent).failures == ()


def test_the_acceptance_scenarios_of_this_flow_are_told() -> None:
    assert {code for path in STORIES for code in read_story(path).covers} >= COVERED


def test_a_story_with_a_wrong_date_does_not_hold() -> None:
    """The player would be worthless if it let this pass."""
    told = read_story(PROCESSES / "application" / "scenarios" / "direct_in_holiday.toml")
    last = told.steps[-1]
    wrong = {"task": "b_ut_visit", "due": datetime.fromisoformat("2025-10-15T17:30:00+08:00")}
    spoiled = replace(told, steps=(*told.steps[:-1], replace(last, expect=(wrong,))))
    assert len(play(spoiled, PROCESSES, say=silent).failures) == 1
