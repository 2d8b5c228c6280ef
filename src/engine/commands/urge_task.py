"""Whoever waits for a task presses for it (催办)."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.access import Actor, Permission, Sight, allowed
from engine.commands.stepping import require_running
from engine.commands.tasking import locked_task, require_open, target_of, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session

#: One is pressed for a task so often, whoever presses.
EVERY = timedelta(hours=24)


def urge_task(session: Session, env: Environment, task_id: str, *, note: str, actor: Actor, now: datetime) -> None:
    """Send the holder, or all who may take it, a message. For who sees the case and does not do the task.

    Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `InstanceNotRunning`, `Refused` (one's own, or pressed for not
    long ago).
    """
    task = locked_task(session, task_id)
    if task.case_id is None or env.domain.sight(session, actor, task.case_id) < Sight.CODED:
        raise NotAllowed("您无权催办此事项")
    require_open(task)
    require_running(split(task))
    if task.assignee == actor.id or (task.assignee is None and allowed(actor, Permission.TASK_WORK, target_of(task))):
        raise Refused("此事项由您办理,无需催办")
    if task.urged_at is not None and now - task.urged_at < EVERY:
        raise Refused("此事项 24 小时内已催办过,请等待办理或直接电话联系")
    session.write(user_task.URGED, {"task_id": task_id, "new_urged_at": now})
    told = {"task": task_id, "to_name": task.assignee_name}
    touch(session, split(task), kind="urge", element_id=task.element_id, actor=actor, now=now, data=told)
    to = (task.assignee,) if task.assignee else ()
    tell(session, env, task, NewsKind.URGED, to=to, note=note.strip()[:200], actor=actor, now=now)
