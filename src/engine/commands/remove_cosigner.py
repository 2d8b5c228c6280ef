"""The holder of a task does without an opinion that was asked for at run time (减签)."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running
from engine.commands.tasking import locked_task, require_not_held_by_other, require_open, require_right, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotFound, Refused
from engine.store import signature
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def remove_cosigner(
    session: Session, env: Environment, task_id: str, *, signature_id: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Ask for this opinion no more. The row stays, with who removed it. Whom the diagram asks, nobody removes; an
    opinion that was given stays.

    Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `TaskClaimedByOther`, `InstanceNotRunning`, `Refused`,
    `SubmissionInvalid` (no reason).
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    require_running(split(task))
    rows = session.rows(signature.OF_TASK, {"of_task": task_id})
    found = next((row for row in rows if row.id == signature_id), None)
    if found is None:
        raise NotFound("没有这项会签")
    if found.role is not None:
        raise Refused("流程规定的会签不能减去")
    if found.signed_at is not None:
        raise Refused(f"{found.person_name} 已签署意见,不能减去")
    session.write(
        signature.REMOVE, {"signature_id": signature_id, "new_removed_at": now, "new_removed_by_name": actor.name}
    )
    told = {"task": task_id, "to_name": found.person_name, "reason": reason}
    touch(session, split(task), kind="cosign_drop", element_id=task.element_id, actor=actor, now=now, data=told)
    tell(session, env, task, NewsKind.NOT_SIGN, to=(found.person,), note=reason, actor=actor, now=now)
