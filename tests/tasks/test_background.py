"""The real processes, on the embedded broker with SQLite and on Redis with PostgreSQL: timers fire once, on time, never
early; services run; a message delivered again does nothing; without a broker the work is found all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.settings import Settings
from tasks.app import celery_app
from tasks.pump import PUMP, WORK
from tasks.workshop import Workshop
from tests.faults import house
from tests.faults.cells import Cells
from web.doorbell import Doorbell, sender

pytestmark = pytest.mark.timeout(120)

CASES = 6


@dataclass
class Site:
    """A running installation of the test processes."""

    workshop: Workshop
    cells: Cells
    settings: Settings


@pytest.fixture(
    params=["embedded", pytest.param("production", marks=[pytest.mark.postgresql, pytest.mark.redis])], scope="module"
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Worker and beat running; the same for all tests of a kind, since starting them is what takes time."""
    folder: Path = tmp_path_factory.mktemp("site")
    if request.param == "embedded":
        url, broker = f"sqlite:///{folder / 'tongan.sqlite3'}", "filesystem://"
        house.migrate(url)
    else:
        broker = str(request.getfixturevalue("redis_url"))
        url = house.fresh_postgresql(str(request.getfixturevalue("postgresql_address")), "background")
    workshop = house.open_workshop(url, name="test")
    house.prepare(workshop)
    settings = Settings(database_url=url, broker_url=broker, data_folder=folder)
    with Cells(database_url=url, broker_url=broker, folder=folder) as cells:
        cells.start("worker")
        cells.start("beat")
        cells.wait_until_ready()
        yield Site(workshop=workshop, cells=cells, settings=settings)
    workshop.database.dispose()


def lateness(workshop: Workshop, instance_id: str) -> timedelta:
    """How long after its due instant the instance's timer fired."""
    with workshop.database.reading() as session:
        due, fired = session.execute(
            sa.text(
                "SELECT job.first_due_at, history.at FROM job JOIN history ON history.instance_id = job.instance_id"
                " AND history.element_id = job.element_id WHERE job.kind = 'timer' AND job.instance_id = :id"
            ).columns(first_due_at=house.Instant, at=house.Instant),
            {"id": instance_id},
        ).one()
    return fired - due


def test_a_timer_fires_once_on_time_and_its_service_runs(site: Site) -> None:
    before = house.count(site.workshop.database).completed
    started = [
        house.start(site.workshop, "fault_run", wait_ms=400 + 150 * number, name=f"timer-{number}")
        for number in range(CASES)
    ]
    found = house.wait_for(site.workshop.database, before + CASES, seconds=20)
    assert found.exactly_once(before + CASES), (found, site.cells.log("worker")[-3000:])
    late = [lateness(site.workshop, each.instance_id) for each in started]
    assert min(late) >= timedelta(0), late
    assert max(late) < timedelta(seconds=5), late


def test_a_ring_makes_immediate_work_immediate(site: Site) -> None:
    site.cells.kill("beat")
    try:
        before = house.count(site.workshop.database).completed
        house.start(site.workshop, "fault_run", wait_ms=0, name="rung")
        Doorbell(sender(site.settings)).ring()
        found = house.wait_for(site.workshop.database, before + 1, seconds=10)
        assert found.completed == before + 1, site.cells.log("worker")[-3000:]
    finally:
        site.cells.start("beat")


def test_a_message_delivered_again_does_nothing(site: Site) -> None:
    before = house.count(site.workshop.database)
    started = house.start(site.workshop, "fault_run", wait_ms=100, name="again")
    house.wait_for(site.workshop.database, before.completed + 1, seconds=20)
    with site.workshop.database.reading() as session:
        rows = session.execute(sa.text("SELECT id FROM job WHERE instance_id = :id"), {"id": started.instance_id})
        jobs = [row[0] for row in rows]
    app = celery_app(site.settings)
    for job_id in jobs * 5:
        app.send_task(WORK, args=(job_id,))
    house.start(site.workshop, "fault_run", wait_ms=0, name="after")  # its end shows that the others were taken
    app.send_task(PUMP)
    found = house.wait_for(site.workshop.database, before.completed + 2, seconds=20)
    assert found.exactly_once(before.completed + 2), found
    assert found.calls == before.calls + 2


def test_a_killed_worker_loses_its_lease_and_another_takes_the_job(site: Site) -> None:
    before = house.count(site.workshop.database).completed
    for number in range(10):
        house.start(site.workshop, "fault_run", wait_ms=200 + 40 * number, name=f"killed-{number}")
    for _ in range(3):
        house.wait_for(site.workshop.database, before + 10, seconds=0.4)
        site.cells.kill("worker")
        site.cells.start("worker")
    found = house.wait_for(site.workshop.database, before + 10, seconds=40)
    assert found.exactly_once(before + 10), (found, site.cells.log("worker")[-3000:])
