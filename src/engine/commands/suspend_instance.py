"""An administrator stops a case for a while."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Permission, require
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running
from engine.environment import Environment
from engine.outcome import InstanceStatus
from engine.store import job
from engine.store.changes import touch
from engine.store.instance import locked
from engine.store.session import Session


def suspend_instance(
    session: Session,
    env: Environment,  # noqa: ARG001 - all verbs on instances are called alike
    instance_id: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let nothing advance: tasks stay open and cannot be completed, timers and calls are held with their due dates.

    Raises `NotAllowed`, `NotFound`, `InstanceNotRunning`.
    """
    require(actor, Permission.INSTANCE_MANAGE)
    reason = require_reason(reason)
    row = locked(session, instance_id)
    require_running(row)
    session.write(job.HOLD_ALL, {"of_instance": row.id})
    touch(session, row, kind="suspend", actor=actor, now=now, data={"reason": reason}, status=InstanceStatus.SUSPENDED)
