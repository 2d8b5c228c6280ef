"""A person takes a task for himself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.stepping import require_running
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
    require_separation,
)
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def claim_task(session: Session, task_id: str, *, actor: Actor, now: datetime) -> None:
    """Make the actor the task's holder; nothing to do if he is already.

    Who stands in for an absent holder takes it from him, and it is written that it is done in his stead.

    Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `TaskClaimedByOther`, `InstanceNotRunning`.
    """
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    in_stead = task.assignee is not None and task.assignee in actor.stands_in_for
    if not in_stead:
        require_not_held_by_other(actor, task)
    if task.assignee == actor.id:
        return
    require_not_entrusted(task)
    require_running(split(task))
    require_separation(session, task, actor.id)
    holder: dict[str, Any] = {"task_id": task_id, "new_assignee": actor.id, "new_assignee_name": actor.name}
    told = {"task": task_id}
    if in_stead:
        holder |= {"new_for_person": task.assignee, "new_for_person_name": task.assignee_name}
        told["for"] = task.assignee_name
    session.write(user_task.ASSIGN, holder)
    touch(session, split(task), kind="claim", element_id=task.element_id, actor=actor, now=now, data=told)
