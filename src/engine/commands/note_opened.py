"""A person opened the page of an open task: from then on the step before it is not taken back any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from engine.access import Actor
from engine.commands.tasking import require_right
from engine.errors import NotFound
from engine.store import user_task
from engine.store.session import Session
from engine.store.task_opening import task_opening
from engine.store.user_task import TaskStatus


def note_opened(session: Session, task_id: str, *, actor: Actor, now: datetime) -> None:
    """Note it once for each person, in the transaction of the reading. It locks nothing: a page that opens at the very
    moment when its step is taken back says so when it is submitted.

    Raises `NotFound`, `NotAllowed` (the actor may not do the task).
    """
    task = session.row(user_task.READ_FOR_STEP, {"read_task_id": task_id, "idempotency_key": ""})
    if task is None:
        raise NotFound("没有这项待办")
    require_right(actor, task)
    if task.task_status != TaskStatus.OPEN or not session.keeps:
        return
    write = postgresql.insert if session.locks_rows else sqlite.insert
    row = {"task_id": task_id, "person": actor.id, "at": now}
    session.execute(write(task_opening).values(row).on_conflict_do_nothing())
