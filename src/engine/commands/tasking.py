"""What the commands on user tasks share: locking, and who may touch a task. Not a verb itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.access import Actor, Permission, Target, require
from engine.errors import NotAllowed, NotFound, TaskAlreadyClosed, TaskClaimedByOther
from engine.store import user_task
from engine.store.session import Session
from engine.store.user_task import TaskStatus


def locked_task(session: Session, task_id: str, *, idempotency_key: str = "") -> Any:
    """Lock the task's instance and read both (`user_task.READ_FOR_STEP`), in one round trip. Raises `NotFound`."""
    session.lock(user_task.LOCK_INSTANCE, {"task_id": task_id})
    found = session.row(user_task.READ_FOR_STEP, {"read_task_id": task_id, "idempotency_key": idempotency_key})
    if found is None:
        raise NotFound("没有这项待办")
    return found


def require_right(actor: Actor, task: Any, permission: Permission = Permission.TASK_WORK) -> None:
    """Raise `NotAllowed` unless the actor may do this to the task."""
    require(actor, permission, replace(target_of(task), assignee=task.assignee))


def target_of(task: Any) -> Target:
    """The post that the task is for; whoever holds it may do the task."""
    return Target(role=task.role, place=task.task_place, department=task.department)


def require_open(task: Any) -> None:
    """Raise `TaskAlreadyClosed`, saying by whom, unless the task waits for a person."""
    if task.task_status == TaskStatus.OPEN:
        return
    if task.task_status == TaskStatus.WITHDRAWN:
        raise TaskAlreadyClosed("此待办已被流程撤回,无需办理", closed_at=task.closed_at.isoformat())
    raise TaskAlreadyClosed(
        f"此待办已由 {task.closed_by_name} 办结", closed_by=task.closed_by_name, closed_at=task.closed_at.isoformat()
    )


def require_not_held_by_other(actor: Actor, task: Any) -> None:
    """Raise `TaskClaimedByOther` when another person holds the task."""
    if task.assignee is not None and task.assignee != actor.id and not actor.is_system:
        raise TaskClaimedByOther(f"此待办已由 {task.assignee_name} 领取", holder=task.assignee_name)


def require_separation(session: Session, task: Any, person_id: str) -> None:
    """Raise `NotAllowed` when this person completed a task of this case that must be another person's than this one.

    Costs one query, and only where the task names such elements (`separate_from`).
    """
    if not task.separate_from:
        return
    done = session.rows(user_task.COMPLETERS, {"of_instance": task.id})
    if any(each.element_id in task.separate_from and each.closed_by == person_id for each in done):
        raise NotAllowed("您办理过与此环节互斥的环节,按职责分离的要求,此环节须由他人办理")
