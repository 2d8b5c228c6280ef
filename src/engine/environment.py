"""What a command needs besides its session and its arguments: made once at start, frozen, passed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.calendar import Calendar
from engine.domain import Domain
from engine.runtime import SpecCache
from engine.settings import Settings
from engine.store.bundles import Library


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The collaborators of every command that advances a process."""

    specs: SpecCache  #: compiled versions, by version id
    domain: Domain  #: what the processes are about
    settings: Settings
    calendar: Calendar  #: working days
    library: Library = field(default_factory=Library)  #: published bundles and their forms, by version id
