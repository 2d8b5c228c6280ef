"""Floods the ordinary queue with bulk work and measures how long an alarm waits meanwhile, with real processes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cases.messages import message_out
from cases.people import person
from engine.settings import Settings
from tests.faults import house
from tests.faults.cells import Cells
from web.doorbell import Doorbell, sender

#: An alarm starts within this, whatever waits in the ordinary queue (“within seconds”).
BOUND_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds from filing to the first call of the case's service; None: it had not begun when nobody looked longer."""

    alarms: tuple[float | None, ...]
    ordinary: float | None  #: the same process, without a queue of its own
    told: float | None  #: from posting an emergency's message to its first try
    told_ordinary: float | None  #: the same for a message of no emergency: nobody came to it
    waiting: int  #: bulk cases that had not been called when the last alarm was filed

    @property
    def worst(self) -> float:
        return max(float("inf") if each is None else each for each in self.alarms)


def measure(
    url: str, broker: str, folder: Path, *, cells: tuple[str, ...], bulk: int, work_seconds: float, alarms: int
) -> Measured:
    """File `bulk` ordinary cases, wait until the workers are at them, then file alarms a second apart and one more
    ordinary case. The services of the bulk work for `work_seconds`."""
    workshop = house.open_workshop(url, name="flood")
    house.prepare(workshop)
    for number in range(bulk):
        house.start(workshop, "fault_run", wait_ms=0, name=f"bulk-{number}")
    bell = Doorbell(sender(Settings(database_url=url, broker_url=broker, data_folder=folder)))
    more = {"FAULTS_WORK_SECONDS": str(work_seconds)}
    with Cells(database_url=url, broker_url=broker, folder=folder, more=more) as running:
        for name in (*cells, "beat"):
            running.start(name)
        for name in cells:
            running.wait_until_ready(name)
        _await_calls(workshop, 4)
        filed = {}
        for number in range(alarms):
            filed[_file(workshop, bell, "fault_alarm", f"alarm-{number}")] = time.monotonic()
            time.sleep(0.5)
        ordinary = _file(workshop, bell, "fault_run", "ordinary")
        filed[ordinary] = time.monotonic()
        posted = {"urgent": time.monotonic(), "ordinary": time.monotonic()}
        _post(workshop, posted)
        waiting = bulk - _calls(workshop)
        took = _watch(workshop, filed | posted)
    workshop.database.dispose()
    return Measured(
        alarms=tuple(took.get(each) for each in filed if each != ordinary),
        ordinary=took.get(ordinary),
        waiting=waiting,
        told=took.get("urgent"),
        told_ordinary=took.get("ordinary"),
    )


def _post(workshop: house.Workshop, ids: Iterable[str]) -> None:
    """Messages that wait to be sent. No way to the outside is set up here: the sender's first try settles each."""
    now = workshop.clock.now()
    someone = {"id": "p", "user_name": "p", "name": "测试员", "password_hash": "", "active": True, "demo": False}
    row = {"person_id": "p", "channel": "sms", "kind": "test", "subject": "", "body": "", "status": "pending"}
    with workshop.database.transaction() as session:
        session.execute(sa.insert(person).values(**someone, failed_logins=0, created_at=now))
        for each in ids:
            made = {"id": each, "dedup": each, "urgent": each == "urgent", "attempt": 0, "next_at": now}
            session.execute(sa.insert(message_out).values(**row, **made, created_at=now))


def _tried(session: house.Session) -> set[str]:
    return set(session.execute(sa.select(message_out.c.id).where(message_out.c.attempt > 0)).scalars())


def _file(workshop: house.Workshop, bell: Doorbell, key: str, name: str) -> str:
    """File a case as a page does: commit, then ring. Returns the case's id."""
    started = house.start(workshop, key, wait_ms=house.ALARM_MS, name=name)
    bell.ring()
    return str(started.case_id)


def _calls(workshop: house.Workshop) -> int:
    with workshop.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count(sa.distinct(house.called.c.case_id)))))


def _await_calls(workshop: house.Workshop, wanted: int) -> None:
    end = time.monotonic() + 30
    while _calls(workshop) < wanted:
        assert time.monotonic() < end, "the workers did not begin with the flood"
        time.sleep(0.05)


def _watch(workshop: house.Workshop, filed: dict[str, float]) -> dict[str, float]:
    """When each case's service was first called, as far as that is seen within the bound after the last filing."""
    took: dict[str, float] = {}
    end = max(filed.values()) + BOUND_SECONDS
    while time.monotonic() < end:
        with workshop.database.reading() as session:
            query = sa.select(house.called.c.case_id).where(house.called.c.case_id.in_(list(filed)))
            seen = set(session.execute(query).scalars()) | _tried(session)
        now = time.monotonic()
        for case_id in seen - set(took):
            took[case_id] = now - filed[case_id]
        time.sleep(0.02)
    return took
