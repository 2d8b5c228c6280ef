"""An alarm never waits behind bulk work: measured with the real processes while the ordinary queue is flooded.

The negative control is filed into the same flood: the same process whose manifest names no queue of its own. It does
not begin within the bound, so that the flood is one, and so that the test would fail if alarms shared the queue. The
same holds for messages: one of an emergency is tried within the bound, one of no emergency is not.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import house
from tests.faults.flood import BOUND_SECONDS, measure

pytestmark = pytest.mark.timeout(240)


def _bulk(at_length: bool) -> tuple[int, int]:
    """How many ordinary cases, and how many alarms."""
    return (600, 20) if at_length else (60, 2)


def _hold(found: object, kind: str) -> None:
    print(f"\n{kind}: {found}, the bound is {BOUND_SECONDS} s")


def test_one_worker_for_everything(tmp_path: Path, at_length: bool) -> None:
    """The laptop's set-up: SQLite, a folder of messages, one worker of two threads for both queues."""
    bulk, alarms = _bulk(at_length)
    url = f"sqlite:///{tmp_path / 'tongan.sqlite3'}"
    house.migrate(url)
    found = measure(url, "filesystem://", tmp_path, cells=("worker",), bulk=bulk, work_seconds=0.5, alarms=alarms)
    _hold(found, "embedded")
    assert found.worst < BOUND_SECONDS, found
    assert found.ordinary is None, found
    assert found.told is not None and found.told < BOUND_SECONDS, found
    assert found.told_ordinary is None, found


@pytest.mark.postgresql
@pytest.mark.redis
def test_a_worker_of_their_own(tmp_path: Path, at_length: bool, redis_url: str, postgresql_address: str) -> None:
    """The county's set-up: PostgreSQL, Redis, a worker of alarms alone; every bulk job takes longer than the bound, so
    that a common worker would be busy for longer."""
    bulk, alarms = _bulk(at_length)
    url = house.fresh_postgresql(postgresql_address, "flood")
    cells = ("worker", "urgent")
    found = measure(url, redis_url, tmp_path, cells=cells, bulk=bulk, work_seconds=2 * BOUND_SECONDS, alarms=alarms)
    _hold(found, "production")
    assert found.worst < BOUND_SECONDS, found
    assert found.ordinary is None, found
    assert found.told is not None and found.told < BOUND_SECONDS, found
    assert found.told_ordinary is None, found
