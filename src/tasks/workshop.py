"""What a worker works with: made once per process, passed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cases.composition import compose
from cases.demo_clock import load_clock
from engine.clock import Clock, SystemClock
from engine.environment import Environment
from engine.settings import Settings
from engine.store.session import Database


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The collaborators of every task."""

    database: Database
    env: Environment
    clock: Clock  #: the county's time: in a demonstration it may run ahead
    name: str  #: who holds a lease, for people who read the job table
    wall: Clock = field(default_factory=SystemClock)  #: leases are always counted in real time


@dataclass(frozen=True, kw_only=True)
class MovableClock:
    """The demo clock, read anew each time: a page may move it at any moment."""

    database: Database
    settings: Settings
    wall: Clock

    def now(self) -> datetime:
        with self.database.reading() as session:
            return load_clock(session, self.settings, self.wall).now()


def open_workshop(settings: Settings, *, name: str) -> Workshop:
    """Make the collaborators for these settings."""
    database, env = compose(settings)
    wall = SystemClock()
    clock: Clock = wall
    if settings.demo_clock_allowed:
        clock = MovableClock(database=database, settings=settings, wall=wall)
    return Workshop(database=database, env=env, clock=clock, name=name, wall=wall)
