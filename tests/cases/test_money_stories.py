"""The stories of money on both databases: payments, relief, standards, what was handed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.scenario import play
from cases.story import read_story

PROCESSES = Path(__file__).parents[2] / "processes"
STORIES = sorted(
    path
    for key in ("payment", "relief", "standard", "follow", "account")
    for path in PROCESSES.glob(f"{key}/scenarios/*.toml")
)


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_holds_on_this_database(path: Path, database_url: str) -> None:
    assert play(read_story(path), PROCESSES, database_url=database_url, say=silent).failures == ()
