"""Every message is delivered five times, by five deliverers at once: each job has its effect once."""

from __future__ import annotations

import os
import time
from random import Random

import pytest
import sqlalchemy as sa

from tasks import work
from tasks.workshop import Workshop
from tests.faults import house
from tests.faults.test_kills import mark_apart

pytestmark = pytest.mark.faults

CASES = 12


def due_jobs(workshop: Workshop) -> list[str]:
    with workshop.database.reading() as session:
        rows = session.execute(sa.text("SELECT id FROM job WHERE status IN ('pending', 'leased')"))
        return [row[0] for row in rows]


def deliver_five_times(url: str, jobs: list[str], seed: int, do: house.Work) -> None:
    """Five processes, each with every message, each in an order of its own."""
    children = []
    for deliverer in range(5):
        child = os.fork()
        if child == 0:
            workshop = house.open_workshop(url, name=f"deliverer-{deliverer}")
            shuffled = Random(seed + deliverer).sample(jobs, len(jobs))
            for job_id in shuffled:
                do(workshop, job_id)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def started(url: str) -> Workshop:
    workshop = house.open_workshop(url, name="starter")
    house.prepare(workshop)
    for number in range(CASES):
        house.start(workshop, "fault_run", wait_ms=10, name=str(number))
    time.sleep(0.05)
    return workshop


def test_five_deliveries_have_one_effect(database_url: str, seed: int) -> None:
    workshop = started(database_url)
    for _ in range(4):  # the timers, then the services that they lead to
        jobs = due_jobs(workshop)
        workshop.database.dispose()
        deliver_five_times(database_url, jobs, seed, work.work_one)
    found = house.count(workshop.database)
    assert found.exactly_once(CASES), found
    assert found.calls == CASES, "a job that is held by a lease must not be worked beside it"
    workshop.database.dispose()


def test_control_a_worker_that_does_not_look_doubles(database_url: str, seed: int) -> None:
    workshop = started(database_url)
    jobs = due_jobs(workshop)
    workshop.database.dispose()
    deliver_five_times(database_url, jobs, seed, mark_apart)
    assert house.count(workshop.database).ended == 5 * CASES
    workshop.database.dispose()
