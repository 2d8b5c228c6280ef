"""The janitor notices cases that went quiet and work that nobody does, and forgets ended log-ins."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock, SystemClock
from engine.store.session import Database
from tasks.janitor import tidy
from tests.faults import house


def test_a_quiet_case_is_reported(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    workshop = house.open_workshop(database_url, name="janitor")
    house.prepare(workshop)
    started = house.start(workshop, "fault_run", wait_ms=60_000)
    with caplog.at_level(logging.ERROR):
        tidy(workshop)
    assert caplog.text == ""
    with workshop.database.transaction() as session:
        session.execute(sa.text("DELETE FROM job"))
    with caplog.at_level(logging.ERROR):
        tidy(workshop)
    assert started.instance_id in caplog.text
    workshop.database.dispose()


def test_work_that_nobody_does_is_reported(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    later = FixedClock(SystemClock().now() + timedelta(minutes=5))
    workshop = house.open_workshop(database_url, name="janitor", clock=later)
    house.prepare(workshop)
    now = house.open_workshop(database_url, name="now")
    house.start(now, "fault_run", wait_ms=10)
    with caplog.at_level(logging.ERROR):
        tidy(workshop)
    assert "1 jobs are due" in caplog.text
    now.database.dispose()
    workshop.database.dispose()


def test_trouble_with_one_part_leaves_the_others(sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    workshop = house.open_workshop(str(sqlite_database.engine.url), name="janitor")
    house.prepare(workshop)
    house.start(workshop, "fault_run", wait_ms=60_000)
    with workshop.database.transaction() as session:
        session.execute(sa.text("DROP TABLE login_session"))
        session.execute(sa.text("DELETE FROM job"))
    with caplog.at_level(logging.WARNING):
        tidy(workshop)
    assert "forgetting old sessions" in caplog.text
    assert "went quiet" in caplog.text
    workshop.database.dispose()
