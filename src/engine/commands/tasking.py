"""What the commands on user tasks share: locking, and who may touch a task. Not a verb itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission, Target, require
from engine.domain import NewsKind, TaskNews
from engine.environment import Environment
from engine.errors import NotAllowed, NotFound, Refused, TaskAlreadyClosed, TaskClaimedByOther
from engine.store import signature, user_task
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


def require_not_entrusted(task: Any) -> None:
    """Raise `Refused` while the work is entrusted to somebody: it is handed back first, then its owner completes it."""
    if task.owner is not None:
        raise Refused(f"此事项由 {task.owner_name} 委派 {task.assignee_name} 办理,交回后由 {task.owner_name} 办结")


def require_signed(session: Session, task: Any) -> None:
    """Raise `Refused`, naming who is missing, while an opinion that the step needs is not in. Costs one query, and only
    where the task asks for opinions."""
    if not task.sign:
        return
    missing = unsigned(task.sign, session.rows(signature.OF_TASK, {"of_task": task.task_id}))
    if missing:
        raise Refused(f"会签意见尚未收齐,还差:{'、'.join(missing)}")


def unsigned(mode: str, rows: Sequence[Any]) -> tuple[str, ...]:
    """Whose opinions are missing, in order: the persons' names, the roles' codes."""
    persons = [row.person_name for row in rows if row.person and row.signed_at is None]
    by_role = [row for row in rows if row.role]
    roles = [row.role for row in by_role if row.signed_at is None]
    if mode == signature.Mode.ANY and len(roles) < len(by_role):
        roles = []
    return (*roles, *persons)


def tell(
    session: Session,
    env: Environment,
    task: Any,
    kind: NewsKind,
    *,
    actor: Actor,
    now: datetime,
    to: tuple[str, ...] = (),
    note: str = "",
) -> None:
    """Let these people, or all who hold the task's post, know of it."""
    news = TaskNews(
        kind=kind,
        cause=f"{kind}:{task.task_id}:{now.isoformat()}",
        task_id=task.task_id,
        task_name=task.name,
        case_id=task.case_id,
        subject=task.subject,
        note=note,
        to=to,
        post=target_of(task),
    )
    env.domain.tell(session, news, actor, now)


def require_separation(session: Session, task: Any, person_id: str) -> None:
    """Raise `NotAllowed` when this person completed a task of this case that must be another person's than this one.

    Costs one query, and only where the task names such elements (`separate_from`).
    """
    if not task.separate_from:
        return
    done = session.rows(user_task.COMPLETERS, {"of_instance": task.id})
    if any(each.element_id in task.separate_from and each.closed_by == person_id for each in done):
        raise NotAllowed("您办理过与此环节互斥的环节,按职责分离的要求,此环节须由他人办理")
