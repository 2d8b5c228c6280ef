"""A person opened the page of an open task: from then on the step before it is not taken back any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from engine.access import Actor, Permission, Target, allowed
from engine.errors import NotAllowed
from engine.queries.task import TaskView
from engine.store.session import Session
from engine.store.task_opening import task_opening
from engine.store.user_task import TaskStatus


def note_opened(session: Session, view: TaskView, *, actor: Actor, now: datetime) -> None:
    """Note it once for each person, in the transaction of the reading. It locks nothing: a page that opens at the very
    moment when its step is taken back says so when it is submitted.

    Raises `NotAllowed`: the actor may not do the task.
    """
    target = Target(role=view.role, place=view.place, department=view.department, assignee=view.assignee)
    if not allowed(actor, Permission.TASK_WORK, target):
        raise NotAllowed("您无权办理此事项")
    if view.status != TaskStatus.OPEN or not session.keeps:
        return
    write = postgresql.insert if session.locks_rows else sqlite.insert
    row = {"task_id": view.id, "person": actor.id, "at": now}
    session.execute(write(task_opening).values(row).on_conflict_do_nothing())
