"""The recipient of a copy has read it (已阅)."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor
from engine.errors import NotFound
from engine.store import task_copy
from engine.store.session import Session


def read_copy(session: Session, task_id: str, *, actor: Actor, now: datetime) -> None:
    """Note when the actor read the own copy; the first time counts. Raises `NotFound`: there is none for the actor."""
    if session.row(task_copy.OF_RECIPIENT, {"of_task": task_id, "of_recipient": actor.id}) is None:
        raise NotFound("没有抄送给您的这项待办")
    session.write(task_copy.READ, {"of_task": task_id, "of_recipient": actor.id, "new_read_at": now})
