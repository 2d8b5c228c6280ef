"""The only place that reads the wall clock; everywhere else `now` is an argument.

The demo clock runs with the system's, moved by an offset that a demo page or a scenario sets. Production refuses it
(see `settings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: The county's time zone (domain.md 0.4-1).
COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class ShiftedClock:
    """A clock that runs ahead of (or behind) another one: the demo clock."""

    clock: Clock
    offset: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.offset


@dataclass
class FixedClock:
    """A clock that stands still until it is set: for scenarios and tests."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def require_aware(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is refused with `ValueError`."""
    if instant.tzinfo is None:
        raise ValueError(f"a naive time has no meaning here: {instant.isoformat()}")
    return instant.astimezone(UTC)
