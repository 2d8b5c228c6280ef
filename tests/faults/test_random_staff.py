"""The demo county in the hands of staff who answer by chance: whatever they do, nothing breaks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from cases import agenda, demo
from cases.stage import build
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from engine.store import incident
from tests.cases.conftest import PROCESSES
from tests.faults.random_staff import Staff

#: When the demo county's people have done what is told of them.
BEGIN = datetime(2025, 10, 15, 14, 0, tzinfo=COUNTY_ZONE)


@pytest.mark.timeout(1200)
def test_whatever_staff_answer_nothing_breaks(
    sqlite_url: str, tmp_path: Path, seed: int, at_length: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A task is done, or refused in words; anything else is raised here. And no step leaves an incident behind."""
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=sqlite_url)
    demo.ensure(settings, PROCESSES)
    stage = build(settings, at=BEGIN, opener=agenda.opener)
    staff = Staff(stage=stage, chance=Random(seed))
    try:
        for _ in range(500 if at_length else 100):
            staff.deed()
        with stage.database.reading() as session:
            told = session.execute(sa.select(incident.incident.c.element_id, incident.incident.c.message)).all()
    finally:
        stage.database.dispose()
    assert [tuple(each) for each in told] == []
    assert len(staff.done) > 20, "the staff found hardly any answer: the forms have changed more than their answers"
    with capsys.disabled():
        if at_length:
            print(f"\n{staff.done.total()} deeds at {len(staff.done)} elements, {staff.refused.total()} given up")
