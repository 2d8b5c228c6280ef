"""A small domain on the real engine, with tables that count what really happened.

`fault_end` is written in the step's own transaction when an instance ends: one row per instance, or something was
doubled. `fault_call` is written by the service's handler in a transaction of its own: at least one row per instance,
and always with the same key.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import sqlalchemy as sa

from engine.access import Actor, Grant, Sight, Target
from engine.calendar import default_calendar
from engine.clock import Clock, SystemClock
from engine.commands.deploy import deploy
from engine.commands.start_process import start_process
from engine.definitions.bundle import Bundle, read_folder
from engine.definitions.forms import FieldCheck
from engine.domain import CaseRef, Handler, Reader, ServiceCall, Submitted, TaskNews, Tools
from engine.environment import Environment
from engine.runtime import SpecCache
from engine.settings import Settings
from engine.store.base import Instant
from engine.store.bundles import Library
from engine.store.migrating import migrate
from engine.store.session import Database, Session
from tasks.workshop import Workshop

__all__ = ["Instant", "migrate"]

BUNDLES = Path(__file__).resolve().parents[1] / "data" / "faults"
#: What is done with a job id.
Work = Callable[[Workshop, str], None]

CLERK = Actor(id="clerk", name="测试员", grants=(Grant(role="village_officer", place=""),))

tables = sa.MetaData()
ended = sa.Table(
    "fault_end", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("case_id", sa.String(80))
)
called = sa.Table(
    "fault_call",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(80)),
    sa.Column("idempotency_key", sa.String(200)),
)


#: Cases with this number of milliseconds to wait are alarms: their service is brief.
ALARM_MS = 1
ALARM = f"case-{ALARM_MS}-"


@dataclass
class FaultDomain:
    """The domain of the fault tests. `pause` may be slow, so that kills find the program in the middle."""

    pause: Callable[[], None] = field(default=lambda: None)
    work_seconds: float = 0.0  #: how long the service of bulk work works after it began
    roles: frozenset[str] = frozenset({"village_officer"})
    field_checks: Mapping[str, FieldCheck] = field(default_factory=dict)

    @property
    def services(self) -> Mapping[str, Handler]:
        return {"effect": self.effect}

    def effect(self, call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
        self.pause()
        with tools.database.transaction() as session:
            session.execute(sa.insert(called).values(case_id=call.case_id, idempotency_key=call.idempotency_key))
        time.sleep(0 if call.case_id and call.case_id.startswith(ALARM) else self.work_seconds)
        self.pause()
        return {}

    def sight(self, session: Session, actor: Actor, case_id: str) -> Sight:
        return Sight.NONE

    def reader(self, session: Session, actor: Actor, case_id: str) -> Reader:
        return lambda _person, _department: False

    def may_send(self, session: Session, actor: Actor, case_id: str, message: str) -> bool:
        return False

    def may_hold(self, session: Session, person_id: str, target: Target) -> bool:
        return False

    def is_party(self, session: Session, actor: Actor, case_id: str) -> bool:
        return False

    def tell(self, session: Session, news: TaskNews, actor: Actor, now: datetime) -> None:
        """Nobody is told here."""

    def choices(self, session: Session, now: datetime) -> Mapping[str, Any]:
        return {}

    def facts(self, session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
        return {}

    def open_case(
        self,
        session: Session,
        process_key: str,
        case_kind: str,
        form_key: str | None,
        fields: Mapping[str, Any],
        actor: Actor,
        now: datetime,
    ) -> CaseRef:
        case_id = f"case-{fields['wait_ms']}-{now.timestamp()}"
        return CaseRef(case_id=case_id, place="510000", subject="试验", search_key="", variables=dict(fields))

    def apply_form(self, session: Session, submitted: Submitted, actor: Actor, now: datetime) -> Mapping[str, Any]:
        return {}

    def ended_by_signal(self, session: Session, name: str, key: str | None) -> tuple[str, ...]:
        return ()

    def instance_ended(
        self, session: Session, case_id: str, process_key: str, end_event: str | None, now: datetime
    ) -> None:
        self.pause()
        session.execute(sa.insert(ended).values(case_id=case_id))
        self.pause()


def slowly(seed: int, longest: float) -> Callable[[], None]:
    """A pause of random length, so that a kill may fall anywhere."""
    random = Random(seed)
    return lambda: time.sleep(random.uniform(0.0, longest))


def open_workshop(
    url: str,
    *,
    name: str,
    domain: FaultDomain | None = None,
    clock: Clock | None = None,
    lease_seconds: int = 300,
) -> Workshop:
    """What a worker of the fault tests works with."""
    database = Database.open(url)
    library = Library()

    def load(version_id: str) -> Bundle:
        with database.reading() as session:
            return library.bundle(session, version_id)

    env = Environment(
        specs=SpecCache(load, 16),
        domain=domain or FaultDomain(),
        settings=Settings(database_url=url, job_lease_seconds=lease_seconds),
        calendars=default_calendar,
        library=library,
    )
    return Workshop(database=database, env=env, clock=clock or SystemClock(), name=name)


def fresh_postgresql(address: str, name: str) -> str:
    """The URL of a new, migrated database on the test run's server."""
    name = f"{name}_{os.getpid()}"
    with psycopg.connect(f"postgresql://tester@{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    url = f"postgresql+psycopg://tester@{address}/{name}"
    migrate(url)
    return url


def prepare(workshop: Workshop) -> None:
    """Make the counting tables and publish the processes."""
    tables.create_all(workshop.database.engine)
    for key in ("fault_run", "fault_desk", "fault_alarm"):
        with workshop.database.transaction() as session:
            bundle = read_folder(BUNDLES / key)
            deploy(session, workshop.env, bundle, actor=Actor.system("test"), now=workshop.clock.now())


def open_task(workshop: Workshop, instance_id: str) -> str:
    """The id of the instance's open task."""
    with workshop.database.reading() as session:
        return str(
            session.scalar(
                sa.text("SELECT id FROM user_task WHERE instance_id = :id AND status = 'open'"), {"id": instance_id}
            )
        )


def start(workshop: Workshop, key: str, *, wait_ms: int = 0, name: str = "", idempotency_key: str | None = None) -> Any:
    """Start one instance; `name` makes its request key unless `idempotency_key` is given."""
    with workshop.database.transaction() as session:
        return start_process(
            session,
            workshop.env,
            key,
            fields={"wait_ms": wait_ms},
            actor=CLERK,
            now=workshop.clock.now(),
            idempotency_key=idempotency_key or f"start-{name or wait_ms}",
        )


@dataclass(frozen=True, kw_only=True)
class Count:
    """What happened, counted over all instances of a process."""

    instances: int
    completed: int
    ended: int
    calls: int
    keys: int
    fired: int
    early: int
    incidents: int

    def exactly_once(self, wanted: int) -> bool:
        """Nothing lost, nothing doubled, nothing stuck, nothing early."""
        return (
            self.instances == self.completed == self.ended == self.fired == self.keys == wanted
            and self.calls >= wanted
            and self.early == 0
            and self.incidents == 0
        )


#: Steps taken because a timer was due.
FIRED = """
SELECT count(*) FROM job JOIN history ON history.instance_id = job.instance_id
WHERE job.kind = 'timer' AND history.element_id = job.element_id
"""
EARLY = FIRED + " AND history.at < job.first_due_at"


def count(database: Database) -> Count:
    """Count the rows that the instances of `fault_run` left."""

    def number(text: str) -> int:
        with database.reading() as session:
            return int(session.scalar(sa.text(text)))

    return Count(
        instances=number("SELECT count(*) FROM instance"),
        completed=number("SELECT count(*) FROM instance WHERE status = 'completed'"),
        ended=number("SELECT count(*) FROM fault_end"),
        calls=number("SELECT count(*) FROM fault_call"),
        keys=number("SELECT count(DISTINCT idempotency_key) FROM fault_call"),
        fired=number(FIRED),
        early=number(EARLY),
        incidents=number("SELECT count(*) FROM incident"),
    )


def wait_for(database: Database, wanted: int, *, seconds: float) -> Count:
    """Look until `wanted` instances have completed, or the time is up; the last count tells."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = count(database)
        if found.completed >= wanted:
            return found
        time.sleep(0.1)
    return count(database)


SHORT_LEASE = timedelta(seconds=2)
