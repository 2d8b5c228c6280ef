"""Workers are killed a hundred times while timers fire and services are called, and PostgreSQL is stopped without
notice: each case ends once, its service is called under one key, nothing is early, nothing waits for ever.

The controls do the same work wrongly, under the same kills, and are caught: so the harness can fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from engine.commands.claim_due_jobs import claim_due_jobs
from engine.errors import EngineError
from tasks import work
from tasks.workshop import Workshop
from tests.faults import house
from tests.faults.conftest import DurableServer
from tests.faults.nursery import Nursery

pytestmark = [pytest.mark.faults, pytest.mark.postgresql, pytest.mark.timeout(240)]


def claim(workshop: Workshop, limit: int = 3) -> list[str]:
    """Take due jobs under a lease short enough for a test."""
    now = workshop.clock.now()
    with workshop.database.transaction() as session:
        return list(
            claim_due_jobs(session, worker=workshop.name, now=now, wall_now=now, limit=limit, lease=house.SHORT_LEASE)
        )


def worker(url: str, do: house.Work, *, longest_pause: float = 0.03) -> Callable[[str, int], None]:
    """A worker without a broker: claims, works, looks again; survives its database's restarts."""

    def run(name: str, seed: int) -> None:
        domain = house.FaultDomain(pause=house.slowly(seed, longest_pause))
        workshop = house.open_workshop(url, name=name, domain=domain, lease_seconds=2)
        while True:
            try:
                ids = claim(workshop)
            except EngineError:
                ids = []
            for job_id in ids:
                do(workshop, job_id)
            if not ids:
                time.sleep(0.02)

    return run


def begin(url: str, *, cases: int, over_seconds: float, seed: int) -> Workshop:
    """Start the cases, their timers due at random moments of the time to come."""
    random = Random(seed)
    workshop = house.open_workshop(url, name="starter")
    house.prepare(workshop)
    for number in range(cases):
        wait_ms = random.randrange(500, int(over_seconds * 1000))
        house.start(workshop, "fault_run", wait_ms=wait_ms, name=str(number))
    workshop.database.dispose()
    return workshop


@pytest.fixture
def size(at_length: bool) -> tuple[int, int, int]:
    """How many cases, kills and restarts of the database."""
    return (400, 100, 4) if at_length else (60, 25, 1)


def test_nothing_is_lost_doubled_or_stuck(durable: DurableServer, seed: int, size: tuple[int, int, int]) -> None:
    cases, kills, restarts = size
    url = durable.url(durable.new_database())
    workshop = begin(url, cases=cases, over_seconds=kills * 0.12, seed=seed)

    def restart_sometimes(number: int) -> None:
        if number % (kills // (restarts + 1)) == kills // (restarts + 1) - 1 and number < kills - 1:
            durable.immediate_restart()

    with Nursery(worker(url, work.work_one), size=3, seed=seed) as nursery:
        nursery.kill(kills, shortest=0.02, longest=0.2, between=restart_sometimes)
        found = house.wait_for(workshop.database, cases, seconds=90)
    assert nursery.kills == kills
    assert found.exactly_once(cases), found


def test_sqlite_keeps_the_same_promise(sqlite_url: str, seed: int) -> None:
    workshop = begin(sqlite_url, cases=25, over_seconds=3, seed=seed)
    with Nursery(worker(sqlite_url, work.work_one), size=2, seed=seed) as nursery:
        nursery.kill(20, shortest=0.02, longest=0.2)
        found = house.wait_for(workshop.database, 25, seconds=60)
    assert found.exactly_once(25), found


def mark(workshop: Workshop, job_id: str) -> None:
    with workshop.database.transaction() as session:
        session.execute(sa.text("UPDATE job SET status = 'done' WHERE id = :id"), {"id": job_id})


def effect(workshop: Workshop, job_id: str) -> None:
    with workshop.database.transaction() as session:
        workshop.env.domain.instance_ended(session, job_id, "fault_run", None, workshop.clock.now())


def acknowledge_first(workshop: Workshop, job_id: str) -> None:
    """Wrong: the job is marked before its effect, in a transaction of its own. A kill between the two loses it."""
    mark(workshop, job_id)
    effect(workshop, job_id)


def mark_apart(workshop: Workshop, job_id: str) -> None:
    """Wrong: the effect is committed before the mark. A kill between the two does it again."""
    effect(workshop, job_id)
    time.sleep(Random(job_id).uniform(0, 0.03))
    mark(workshop, job_id)


@pytest.mark.parametrize("wrong", [acknowledge_first, mark_apart], ids=["acknowledge first", "mark apart"])
def test_control_a_wrong_worker_is_caught(durable: DurableServer, seed: int, wrong: house.Work) -> None:
    url = durable.url(durable.new_database())
    workshop = begin(url, cases=150, over_seconds=3, seed=seed)
    with Nursery(worker(url, wrong, longest_pause=0.06), size=3, seed=seed) as nursery:
        nursery.kill(50, shortest=0.02, longest=0.12)
        time.sleep(house.SHORT_LEASE / timedelta(seconds=1) + 3)
    with workshop.database.reading() as session:
        ended = session.scalar(sa.select(sa.func.count()).select_from(house.ended))
        distinct = session.scalar(sa.select(sa.func.count(sa.distinct(house.ended.c.case_id))))
    if wrong is acknowledge_first:
        assert distinct < 150, "a harness that loses nothing here would miss a real loss"
    else:
        assert ended > distinct, "a harness that doubles nothing here would miss a real doubling"
