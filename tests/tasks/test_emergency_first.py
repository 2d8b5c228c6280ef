"""An emergency never waits behind bulk work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock, SystemClock
from tasks.configuration import URGENT_QUEUE
from tasks.pump import BATCH, pump
from tasks.workshop import Workshop
from tests.faults import house

FLOOD = 3 * BATCH
#: Far more than handing out one job takes, far less than handing out the flood may.
SECONDS = 2.0


class Sent:
    """Stands for a Celery application: keeps what is sent, and when."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, float]] = []

    def send_task(self, _name: str, *, queue: str, **_: Any) -> None:
        self.messages.append((queue, time.perf_counter()))


@pytest.fixture
def workshop(database_url: str) -> Iterator[Workshop]:
    later = FixedClock(SystemClock().now() + timedelta(hours=1))
    opened = house.open_workshop(database_url, name="pump", clock=later)
    opened = Workshop(database=opened.database, env=opened.env, clock=later, name="pump", wall=later)
    house.prepare(opened)
    yield opened
    opened.database.dispose()


def test_a_flood_of_other_work_delays_no_emergency(workshop: Workshop) -> None:
    now = Workshop(database=workshop.database, env=workshop.env, clock=SystemClock(), name="starter")
    for number in range(FLOOD):
        house.start(now, "fault_run", wait_ms=10, name=str(number))
    with workshop.database.transaction() as session:
        session.execute(sa.text("UPDATE job SET queue = 'urgent' WHERE id = (SELECT max(id) FROM job)"))
    app, began = Sent(), time.perf_counter()
    pump(workshop, app)  # type: ignore[arg-type]
    assert len(app.messages) == FLOOD
    queue, at = app.messages[0]
    assert queue == URGENT_QUEUE
    assert at - began < SECONDS
    assert all(queue != URGENT_QUEUE for queue, _ in app.messages[1:])
