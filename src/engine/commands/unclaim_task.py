"""A person gives a task back to all who may do it."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
)
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def unclaim_task(session: Session, task_id: str, *, actor: Actor, now: datetime) -> None:
    """Leave the task without a holder; nothing to do if it has none.

    Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `TaskClaimedByOther`.
    """
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    if task.assignee is None:
        return
    require_not_entrusted(task)
    session.write(user_task.ASSIGN, {"task_id": task_id, "new_assignee": None, "new_assignee_name": None})
    touch(
        session, split(task), kind="unclaim", element_id=task.element_id, actor=actor, now=now, data={"task": task_id}
    )
