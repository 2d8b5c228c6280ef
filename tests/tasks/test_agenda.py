"""The ring of the agenda: it opens what is due, once, and one that cannot be opened holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import agenda as due
from cases.covered_children import enter_world
from cases.stage import build
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from tasks import agenda
from tasks.app import celery_app
from tasks.schedule import configuration
from tasks.workshop import Workshop

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2025, 9, 1, 8, 0, tzinfo=COUNTY_ZONE)
CHILD = {
    "name": "刘小海",
    "idcard": "519927200710080038",
    "village": "519927101001",
    "categories": ["C1"],
    "enrolled_on": date(2019, 3, 20),
}


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    stage.prepare([PROCESSES / key for key in ("exit", "quarterly", "visit")])
    with stage.database.transaction() as session:
        enter_world(session, children=[CHILD], standards=[], now=NOW)
    yield Workshop(database=stage.database, env=stage.env, clock=stage.clock, name="agenda")
    stage.database.dispose()


def instances(workshop: Workshop) -> list[Any]:
    with workshop.database.reading() as session:
        return list(session.execute(sa.text("SELECT process_key FROM instance ORDER BY process_key")).scalars())


def test_a_ring_opens_what_is_due_and_the_next_one_nothing(workshop: Workshop) -> None:
    assert agenda.open_day(workshop) == 5
    assert instances(workshop) == ["exit", "quarterly", "quarterly", "quarterly", "visit"]
    assert agenda.open_day(workshop) == 0


def test_one_that_cannot_be_opened_holds_up_no_other(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = due.Occasion(name="broken", slot="x", process_key="exit", fields={"archive_no": "nobody"})
    monkeypatch.setattr(due, "STAGES", (lambda *_: (broken,), *due.STAGES))
    assert agenda.open_day(workshop) == 5
    assert "broken" in caplog.text


def test_beat_rings_the_task_that_workers_know(workshop: Workshop) -> None:
    settings = workshop.env.settings
    ring = configuration(settings, with_redis=False)["beat_schedule"]["agenda"]["task"]
    assert ring == agenda.AGENDA
    assert ring in celery_app(settings, workshop).tasks


def test_two_beats_at_once_after_ten_days_without_any_open_each_once(workshop: Workshop) -> None:
    workshop.clock.instant = NOW + timedelta(days=10)  # type: ignore[attr-defined]
    other = Workshop(database=workshop.database, env=workshop.env, clock=workshop.clock, name="other")
    with ThreadPoolExecutor(2) as beats:
        list(beats.map(agenda.open_day, (workshop, other)))
    agenda.open_day(workshop)  # what one of them left to the other
    assert instances(workshop) == ["exit", "quarterly", "quarterly", "quarterly", "visit"]
    with workshop.database.reading() as session:
        entries = session.execute(sa.select(due.agenda_entry.c.name, due.agenda_entry.c.slot)).all()
    assert len(entries) == 5
