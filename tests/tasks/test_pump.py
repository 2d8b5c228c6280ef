"""The pump hands out each due job once, the urgent ones to their own queue, and hands out again what nobody took."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock, SystemClock
from tasks.pump import BATCH, HANDOUT, pump, work_late_jobs
from tasks.workshop import Workshop
from tests.faults import house


class Sent:
    """Stands for a Celery application: keeps what is sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    def send_task(self, name: str, *, args: tuple[str], queue: str, **_: Any) -> None:
        self.messages.append((queue, args[0]))


@pytest.fixture
def workshop(database_url: str) -> Iterator[Workshop]:
    """At an instant an hour from now, so that what is started now is due."""
    later = FixedClock(SystemClock().now() + timedelta(hours=1))
    opened = house.open_workshop(database_url, name="pump", clock=later)
    opened = Workshop(database=opened.database, env=opened.env, clock=later, name="pump", wall=later)
    house.prepare(opened)
    yield opened
    opened.database.dispose()


def begin(workshop: Workshop, cases: int) -> None:
    now = Workshop(database=workshop.database, env=workshop.env, clock=SystemClock(), name="starter")
    for number in range(cases):
        house.start(now, "fault_run", wait_ms=10, name=str(number))


def test_each_job_is_handed_out_once(workshop: Workshop) -> None:
    begin(workshop, 3)
    app = Sent()
    assert pump(workshop, app) == 3  # type: ignore[arg-type]
    assert pump(workshop, app) == 0  # type: ignore[arg-type]
    assert len({job_id for _, job_id in app.messages}) == 3


def test_what_nobody_took_is_handed_out_again(workshop: Workshop) -> None:
    begin(workshop, 1)
    assert pump(workshop, Sent()) == 1  # type: ignore[arg-type]
    assert isinstance(workshop.wall, FixedClock)
    workshop.wall.instant += HANDOUT + timedelta(seconds=1)
    assert pump(workshop, Sent()) == 1  # type: ignore[arg-type]


def test_urgent_jobs_have_a_queue_of_their_own(workshop: Workshop) -> None:
    begin(workshop, 3)
    with workshop.database.transaction() as session:
        session.execute(sa.text("UPDATE job SET queue = 'urgent' WHERE id = (SELECT max(id) FROM job)"))
    app = Sent()
    pump(workshop, app)  # type: ignore[arg-type]
    assert [queue for queue, _ in app.messages] == ["urgent", "work", "work"]


def test_a_crowd_is_handed_out_at_once(workshop: Workshop) -> None:
    begin(workshop, BATCH + 5)
    assert pump(workshop, Sent()) == BATCH + 5  # type: ignore[arg-type]


def test_late_work_is_done_here_and_work_in_time_is_not(workshop: Workshop) -> None:
    begin(workshop, 2)
    in_time = Workshop(database=workshop.database, env=workshop.env, clock=SystemClock(), name="beat")
    assert work_late_jobs(in_time) == 0
    assert work_late_jobs(workshop) == 2
