"""Every told story, played through the commands that the pages call, in three ways.

In the told order on SQLite; on PostgreSQL with a program that begins anew before every step; and in an order drawn by
chance where tasks are open side by side, which must leave the same rows and due dates. So every story is played on both
databases here, and no other test does so without adding something.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from cases.scenario import play
from cases.story import read_story
from tests.processes.played import PROCESSES, STORIES, play_on, played, silent

COVERED = {
    *("AC-01", "AC-02", "AC-03a", "AC-03b", "AC-04", "AC-05", "AC-06", "AC-07"),
    *("AC-11", "AC-12", "AC-08", "AC-09a", "AC-09b", "AC-09c", "AC-09d", "AC-10", "DL-01"),
    *("P_J", "DL-38", "DL-39", "P_I", "M15"),
}


def as_told(_: object) -> None:
    """The same deeds at the same instants in the told order: what the drawn order is compared with."""


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_holds(path: Path, shared: Path, sqlite_template: Path) -> None:
    assert read_story(path).steps
    assert played(path, shared, sqlite_template).failures == ()


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_holds_on_postgresql_though_the_program_begins_anew_before_every_step(
    path: Path, database_url: str
) -> None:
    assert play(read_story(path), PROCESSES, database_url=database_url, say=silent, restarts=True).failures == ()


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_ends_alike_in_whatever_order_side_by_side_tasks_are_done(
    path: Path, shared: Path, sqlite_template: Path
) -> None:
    told = played(path, shared, sqlite_template)
    if not told.shuffled:
        return  # nothing is ever open side by side on one day: the told order is the only one
    seed = zlib.crc32(path.stem.encode())
    print(f"seed {seed}: {told.shuffled} steps of {path.stem} in a drawn order")
    at_once = play_on(sqlite_template, path, shuffle=as_told)
    drawn = play_on(sqlite_template, path, shuffle=Random(seed).shuffle)
    assert drawn.failures == at_once.failures == ()
    assert drawn.left == at_once.left


def test_the_acceptance_scenarios_of_this_flow_are_told() -> None:
    assert {code for path in STORIES for code in read_story(path).covers} >= COVERED


def test_a_story_with_a_wrong_date_does_not_hold() -> None:
    """The player would be worthless if it let this pass."""
    told = read_story(PROCESSES / "application" / "scenarios" / "direct_in_holiday.toml")
    last = told.steps[-1]
    wrong = {"task": "b_ut_visit", "due": datetime.fromisoformat("2025-10-15T17:30:00+08:00")}
    spoiled = replace(told, steps=(*told.steps[:-1], replace(last, expect=(wrong,))))
    assert len(play(spoiled, PROCESSES, say=silent).failures) == 1
