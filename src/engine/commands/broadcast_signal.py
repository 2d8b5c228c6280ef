"""A signal reaches every instance that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission, require
from engine.commands.cancel_instance import end_instance
from engine.commands.stepping import step
from engine.environment import Environment
from engine.errors import NoReceiver
from engine.stimulus import SignalArrived
from engine.store import message_wait
from engine.store.instance import locked
from engine.store.session import Session


def broadcast_signal(
    session: Session,
    env: Environment,
    name: str,
    *,
    key: str | None = None,
    payload: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    without: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Tell every running instance that waits for the signal; returns their ids, none if nobody waits.

    With a key, an element that names a key of its own hears the signal only if they are equal. What the domain says
    that the signal ends, ends: wherever it stands, suspended too, and under whichever version it began.

    A suspended instance does not hear it, as BPMN's signals are not kept. Raises `NotAllowed` (only the program itself
    and administrators tell all cases at once), `StepFailed` (of one of the receivers; its id is in `detail`).
    """
    require(actor, Permission.INSTANCE_MANAGE)
    waiting = session.rows(message_wait.FOR_SIGNAL, {"of_name": name, "of_key": key})
    reached = []
    for instance_id in dict.fromkeys(each.instance_id for each in waiting):
        if instance_id in without:
            continue
        row = locked(session, instance_id)
        if not row.is_running:
            continue
        try:
            step(session, env, row, SignalArrived(name=name, key=key, payload=dict(payload)), actor=actor, now=now)
        except NoReceiver:
            continue
        reached.append(instance_id)
    for instance_id in env.domain.ended_by_signal(session, name, key):
        if instance_id not in without and end_instance(session, env, instance_id, reason=name, actor=actor, now=now):
            reached.append(instance_id)
    return tuple(reached)
