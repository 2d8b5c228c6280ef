"""Opens the county's workshop: the engine on the county's domain, with the county's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.composition import compose
from cases.demo_clock import load_clock
from engine.clock import Clock, SystemClock
from engine.settings import Settings
from engine.store.session import Database
from tasks.workshop import Workshop


@dataclass(frozen=True, kw_only=True)
class MovableClock:
    """The demo clock, read anew each time: a page may move it at any moment."""

    database: Database
    settings: Settings

    def now(self) -> datetime:
        with self.database.reading() as session:
            return load_clock(session, self.settings).now()


def open_workshop(settings: Settings, *, name: str) -> Workshop:
    """Make the collaborators for these settings."""
    database, env = compose(settings)
    wall = SystemClock()
    clock: Clock = wall
    if settings.demo_clock_allowed:
        clock = MovableClock(database=database, settings=settings)
    return Workshop(database=database, env=env, clock=clock, name=name, folder=settings.data_folder, wall=wall)
