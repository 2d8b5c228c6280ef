"""A stage for told stories and for the demo county: a database, the environment, and a clock that is moved by hand.

Moving the clock does what a pump would have done on the way: what is due runs in the order of its due instants, each at
its instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases.composition import compose
from cases.county import County
from cases.divisions import DEMO_DIVISIONS
from cases.handlers.canned import with_canned
from cases.jurisdictions import enter_divisions
from cases.reminding import next_look, remind
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE, FixedClock
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.deploy import deploy
from engine.commands.run_job import run_job
from engine.definitions.bundle import read_folder
from engine.environment import Environment
from engine.settings import Settings
from engine.store import Database, Session
from engine.store import job as jobs

WORKER = "stage"
PUBLISHER = Actor(id="stage:publisher", name="流程管理员", grants=(Grant(role="process_owner"),))
_REAL: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
#: More jobs than this in one go is an endless loop in a diagram.
MOST_JOBS = 2_000


#: Opens what has come due: `agenda.open_due` with its actor.
Opener = Callable[[Session, Environment, datetime], object]


def _midnight_after(instant: datetime) -> datetime:
    """When the county's next day begins."""
    tomorrow = instant.astimezone(COUNTY_ZONE) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)


class EndlessJobs(Exception):
    """One thing led to another without end: a diagram runs in circles."""


def build(
    settings: Settings,
    *,
    at: datetime,
    services: Mapping[str, Mapping[str, Any]] = _REAL,
    opener: Opener | None = None,
) -> Stage:
    """A stage on the settings' database with its clock at `at`; `services` answer as told instead of really."""
    database, env = compose(settings, County(handlers=with_canned(services)))
    return Stage(database=database, env=env, clock=FixedClock(at), opener=opener)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a story is played."""

    database: Database
    env: Environment
    clock: FixedClock
    reminds: bool = True  #: reminders are sent on the way, as in operation
    opener: Opener | None = None  #: opens what a day brings as it begins, as in operation

    def prepare(self, processes: Iterable[Path]) -> None:
        """Set up the fictitious county's divisions and publish the processes in these folders; what is there stays."""
        with self.database.transaction() as session:
            enter_divisions(session, DEMO_DIVISIONS)
            for folder in processes:
                deploy(session, self.env, read_folder(folder), actor=PUBLISHER, now=self.clock.now())

    def move_to(self, at: datetime) -> None:
        """Let the time pass until `at`: each job and each reminder at its own instant, in order. Never back."""
        for _ in range(MOST_JOBS):
            due = self._next()
            if due is None or due > at:
                self.clock.instant = max(self.clock.instant, at)
                return
            self.clock.instant = max(self.clock.instant, due)
            self._open_day()
            if self.reminds:
                remind(self.database, calendar=self.env.calendar, now=self.clock.now())
            self.run_due()
        raise EndlessJobs(f"到 {at:%Y-%m-%d %H:%M} 为止有超过 {MOST_JOBS} 批后台任务")

    def _next(self) -> datetime | None:
        """When the program next has something to do by itself."""
        with self.database.reading() as session:
            due_at = jobs.job.c.due_at
            pending = jobs.job.c.status == jobs.JobStatus.PENDING
            work = session.scalar(select(due_at).where(pending).order_by(due_at).limit(1))
            reminder = next_look(session) if self.reminds else None
        midnight = _midnight_after(self.clock.now()) if self.opener else None
        return min((each for each in (work, reminder, midnight) if each is not None), default=None)

    def _open_day(self) -> None:
        """What the day brings is opened as it begins."""
        now = self.clock.now()
        if self.opener is not None and _midnight_after(now - timedelta(microseconds=1)) == now:
            with self.database.transaction() as session:
                self.opener(session, self.env, now)

    def run_due(self) -> None:
        """Run what is due now, as pump and worker do."""
        for _ in range(MOST_JOBS):
            now = self.clock.now()
            with self.database.transaction() as session:
                taken = claim_due_jobs(
                    session, worker=WORKER, now=now, wall_now=now - timedelta(days=1), limit=1, lease=timedelta(0)
                )
            if not taken:
                return
            run_job(self.database, self.env, taken[0], clock=self.clock, worker=WORKER)
        raise EndlessJobs(f"一次推进超过 {MOST_JOBS} 项后台任务,流程图可能是死循环")
