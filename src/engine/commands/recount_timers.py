"""Timers whose dates were counted by an older calendar are counted again: the domain calls it when a notice is
loaded (domain.md 0.4-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.calendar import Calendar
from engine.commands.stepping import spec_of
from engine.environment import Environment
from engine.errors import StateUnreadable
from engine.outcome import TimerMoved
from engine.runtime import Context
from engine.runtime.recount import recount
from engine.store import outcomes
from engine.store.instance import InstanceRow
from engine.store.session import Session


def recount_timers(
    session: Session,
    env: Environment,
    row: InstanceRow,
    *,
    before: Calendar,
    after: Calendar,
    actor: Actor,
    now: datetime,
    note: Mapping[str, Any],
) -> tuple[TimerMoved, ...]:
    """Move the timers of a locked instance, and the process's dates for which they wait; the history tells from when to
    when. A suspended instance's timers move too. A state that cannot be read stays as it is: its next step tells.
    """
    if row.state is None:
        return ()
    facts = env.domain.facts(session, row.case_id, now) if row.case_id else {}
    context = Context(calendar=after, facts=facts, case_id=row.case_id)
    try:
        counted = recount(spec_of(session, env, row.version_id), row.state, context, before=before)
    except StateUnreadable:
        return ()
    if counted.moved:
        outcomes.move_timers(session, row, counted.state, counted.moved, actor=actor, now=now, note=note)
    return counted.moved
