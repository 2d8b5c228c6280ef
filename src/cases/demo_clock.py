"""The demonstration's clock: the machine's, moved by an offset that all processes read from the database.

Production keeps real time: there the offset is not even read, and moving it is refused.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from engine.access import Actor
from engine.clock import Clock, ShiftedClock, SystemClock
from engine.errors import NotAllowed
from engine.settings import Settings
from engine.store import audit, demo_clock
from engine.store.session import Session


def load_clock(session: Session, settings: Settings) -> Clock:
    """The clock by which the edge tells `now`."""
    if not settings.demo_clock_allowed:
        return SystemClock()
    return ShiftedClock(clock=SystemClock(), offset=demo_clock.offset(session))


def move(session: Session, settings: Settings, *, to: datetime, actor: Actor) -> datetime:
    """Move the clock forward to an instant; what comes due on the way is found by the next pump.

    :raises NotAllowed: in production, and for going back: what has happened cannot unhappen.
    """
    if not settings.demo_clock_allowed:
        raise NotAllowed("正式环境的时钟不能调整")
    now = load_clock(session, settings).now()
    if to < now:
        raise NotAllowed("时钟只能向前调整")
    real = SystemClock().now()
    demo_clock.set_offset(session, _ahead(to, real), by=actor.id, now=real)
    audit.record(session, actor=actor, action="demo_clock.move", target=None, now=real, detail={"to": to.isoformat()})
    return to


def begin_at(session: Session, settings: Settings, *, instant: datetime, actor: Actor) -> None:
    """Set the clock of an empty demonstration to its first day; the one time it may go back.

    :raises NotAllowed: in production.
    """
    if not settings.demo_clock_allowed:
        raise NotAllowed("正式环境的时钟不能调整")
    real = SystemClock().now()
    demo_clock.set_offset(session, _ahead(instant, real), by=actor.id, now=real)


def _ahead(wanted: datetime, real: datetime) -> timedelta:
    """The offset in whole seconds, rounded up: a clock moved to a due instant must not stop just before it."""
    return timedelta(seconds=math.ceil((wanted - real).total_seconds()))
