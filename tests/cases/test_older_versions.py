"""Cases that began on an older version of a diagram finish on it: the version stays in the database, and the forms and
services that it names stay in the code.

The older diagrams stand in `tests/data/older`, as they were published.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.stage import build
from cases.story import read_story
from engine.definitions.bundle import read_folder
from engine.settings import Settings
from engine.store.instance import instance
from tests.cases.conftest import PROCESSES
from tests.cases.tale import Tale

OLDER = Path(__file__).parents[1] / "data" / "older"
STORY = PROCESSES / "application" / "scenarios" / "county_reject.toml"


@pytest.fixture
def tale(database_url: str, tmp_path: Path) -> Iterator[Tale]:
    """An application of the version in which the vice convener entered a consultation's conclusion in one step."""
    older = tmp_path / "processes"
    shutil.copytree(PROCESSES, older)
    shutil.rmtree(older / "review")
    shutil.copytree(OLDER / "review", older / "review")
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=database_url)
    made = build(settings, at=read_story(STORY).clock)
    made.prepare([older / "application"])
    yield Tale(stage=made)
    made.database.dispose()


def test_a_consultation_of_the_older_version_is_concluded_in_its_one_step(tale: Tale) -> None:
    steps = read_story(STORY).steps
    disagreed = next(number for number, step in enumerate(steps, 1) if step.task == "d_ut_consolidate")
    tale.tell(steps[:disagreed])
    assert tale.open() == {"d_ut_consult"}

    tale.stage.prepare([PROCESSES / "application"])
    assert "meeting" in {each.key for each in read_folder(PROCESSES / "application").closure()}
    concluded = next(step for step in steps if step.task == "i_ut_sign")
    fields = {
        "convened_on": "2025-11-20",
        "attendees": "县民政局、县卫生计生局、县人力资源社会保障局",
        "conclusion": "REJECT",
        "reason": "就医困难不属实,不予认定。",
        "minutes": "file:minutes.pdf",
        "sign": True,
    }
    at = datetime.fromisoformat("2025-11-26T10:00:00+08:00")
    tale.tell([replace(concluded, task="d_ut_consult", fields=fields, at=at)])
    assert tale.open() == {"d_ut_final_sign"}
    assert tale.status() == "复核中"
    tale.tell(steps[-2:])
    with tale.stage.database.reading() as session:
        [row] = session.execute(sa.select(instance.c.end_event).where(instance.c.id == tale.instance_id))
    assert row.end_event == "REJECTED_COUNTY"
