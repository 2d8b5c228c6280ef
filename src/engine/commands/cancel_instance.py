"""An administrator ends a case by hand."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Permission, require
from engine.commands.reasons import require_reason
from engine.environment import Environment
from engine.errors import InstanceNotRunning
from engine.outcome import InstanceStatus
from engine.store import incident, instance, job, message_wait, user_task
from engine.store.changes import write_history
from engine.store.instance import locked
from engine.store.session import Session


def cancel_instance(
    session: Session, env: Environment, instance_id: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End the case: open tasks are withdrawn, timers and calls void, waits gone, incidents closed. Not to be undone.

    Raises `NotAllowed`, `NotFound`, `InstanceNotRunning` (it is over).
    """
    require(actor, Permission.INSTANCE_MANAGE)
    reason = require_reason(reason)
    if not end_instance(session, env, instance_id, reason=reason, actor=actor, now=now):
        raise InstanceNotRunning("此办件已经结束")


def end_instance(
    session: Session, env: Environment, instance_id: str, *, reason: str, actor: Actor, now: datetime
) -> bool:
    """End an instance wherever it stands; False when it was over. Whose right it is, the caller asks.

    Raises `NotFound`.
    """
    row = locked(session, instance_id)
    if row.status not in (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED):
        return False
    session.write(
        instance.CANCEL, {"instance_id": row.id, "expected": row.version, "new_ended_at": now, "new_tokens": []}
    )
    session.write(user_task.WITHDRAW_ALL, {"of_instance": row.id, "new_closed_at": now})
    session.write(job.VOID_ALL, {"of_instance": row.id})
    session.write(message_wait.REMOVE_ALL, {"of_instance": row.id})
    session.write(
        incident.RESOLVE_ALL,
        {
            "of_instance": row.id,
            "new_resolved_at": now,
            "new_resolved_by": actor.id,
            "new_resolution": "办件已终止",
        },
    )
    write_history(session, row, kind="cancel", element_id=None, actor=actor, now=now, data={"reason": reason})
    if row.case_id:
        env.domain.instance_ended(session, row.case_id, row.process_key, None, now)
    return True
