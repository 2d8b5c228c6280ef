"""What a worker works with: made once per process, passed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.clock import Clock, SystemClock
from engine.environment import Environment
from engine.store.session import Database


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The collaborators of every task."""

    database: Database
    env: Environment
    clock: Clock  #: the county's time: in a demonstration it may run ahead
    name: str  #: who holds a lease, for people who read the job table
    folder: Path | None = None  #: outside of the database: where the audit's heads are noted; None: nowhere
    wall: Clock = field(default_factory=SystemClock)  #: leases are always counted in real time
