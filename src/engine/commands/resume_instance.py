"""An administrator lets a stopped case go on."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Permission, require
from engine.commands.reasons import require_reason
from engine.environment import Environment
from engine.errors import Refused
from engine.outcome import InstanceStatus
from engine.store import job
from engine.store.changes import touch
from engine.store.instance import locked
from engine.store.session import Session


def resume_instance(
    session: Session,
    env: Environment,  # noqa: ARG001 - all verbs on instances are called alike
    instance_id: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the case go on. Due dates stay as they were: what came due meanwhile runs at once.

    Raises `NotAllowed`, `NotFound`, `Refused` (it is not suspended).
    """
    require(actor, Permission.INSTANCE_MANAGE)
    reason = require_reason(reason)
    row = locked(session, instance_id)
    if row.status != InstanceStatus.SUSPENDED:
        raise Refused("此办件没有暂停,无需恢复")
    session.write(job.RELEASE_ALL, {"of_instance": row.id})
    touch(session, row, kind="resume", actor=actor, now=now, data={"reason": reason}, status=InstanceStatus.RUNNING)
