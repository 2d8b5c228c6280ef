"""All open work of a person who leaves a post goes to the successor (岗位移交)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission, require
from engine.commands.reasons import require_reason
from engine.commands.tasking import locked_task, require_separation, target_of
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session
from engine.store.signature import GIVE
from engine.store.user_task import TaskStatus


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One task and where it went: to the successor, or (`to` None) back to all who may do it."""

    task_id: str
    instance_id: str
    name: str
    case_id: str | None
    process_key: str
    opened_at: datetime | None
    due_at: datetime | None
    to: str | None


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What a handover moved."""

    moved: tuple[Moved, ...]
    signatures: int  #: opinions that were asked of who leaves, and are asked of the successor now


def hand_over_tasks(
    session: Session,
    env: Environment,
    *,
    from_user: str,
    to_user: str,
    to_name: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> HandedOver:
    """Move every open task that the person holds, or entrusted. What the successor's post or the separation of duties
    does not allow goes back to the pool; entrusted work stays with who does it, and comes back to the successor.
    Opinions that were asked of the person are asked of the successor.

    One history row for each task. Raises `NotAllowed`, `Refused` (to the same person), `SubmissionInvalid` (no reason).
    """
    require(actor, Permission.PEOPLE_MANAGE)
    reason = require_reason(reason)
    if from_user == to_user:
        raise Refused("不能移交给本人")
    moved = []
    for each in session.rows(user_task.HELD_BY, {"held_by": from_user}):
        task = locked_task(session, each.id)
        if task.task_status == TaskStatus.OPEN and from_user in (task.assignee, task.owner):
            moved.append(_move(session, env, task, from_user, (to_user, to_name), reason, actor, now))
    signatures = session.execute(GIVE, {"of_person": from_user, "to_person": to_user, "to_name": to_name}).rowcount
    return HandedOver(moved=tuple(moved), signatures=signatures)


def _move(
    session: Session,
    env: Environment,
    task: Any,
    from_user: str,
    successor: tuple[str, str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Moved:
    to = successor if _may_have(session, env, task, successor[0]) else (None, None)
    new: dict[str, Any] = {"task_id": task.task_id}
    if task.owner == from_user and to[0] is not None:
        new |= {"new_assignee": task.assignee, "new_assignee_name": task.assignee_name}
        new |= {"new_owner": to[0], "new_owner_name": to[1]}
    elif task.owner is not None and task.owner != from_user:  # the work that was entrusted to who leaves goes back
        to = (task.owner, task.owner_name)
        new |= {"new_assignee": to[0], "new_assignee_name": to[1]}
    else:
        new |= {"new_assignee": to[0], "new_assignee_name": to[1]}
    session.write(user_task.ASSIGN, new)
    told = {"task": task.task_id, "from": from_user, "to": to[0], "to_name": to[1], "reason": reason}
    touch(session, split(task), kind="handover", element_id=task.element_id, actor=actor, now=now, data=told)
    return Moved(
        task_id=task.task_id,
        instance_id=task.id,
        name=task.name,
        case_id=task.case_id,
        process_key=task.process_key,
        opened_at=task.opened_at,
        due_at=task.due_at,
        to=to[1],
    )


def _may_have(session: Session, env: Environment, task: Any, person_id: str) -> bool:
    if not env.domain.may_hold(session, person_id, target_of(task)):
        return False
    try:
        require_separation(session, task, person_id)
    except NotAllowed:
        return False
    return True
