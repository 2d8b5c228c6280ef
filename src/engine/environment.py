"""What a command needs besides its session and its arguments: made once at start, frozen, passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.calendar import Calendar, default_calendar
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
    calendars: Callable[[], Calendar] = default_calendar  #: gives the calendar that is in force now
    library: Library = field(default_factory=Library)  #: published bundles and their forms, by version id

    @property
    def calendar(self) -> Calendar:
        """Working days as they are known now; the same object until a notice is loaded. Take it once per step."""
        return self.calendars()
