"""A report's level was raised while the police is at work: its time limit gets shorter, never longer (H1 2, DL-22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from engine.access import Actor
from engine.calendar import Calendar, due_at
from engine.store import audit
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task

DISPATCH = "h_ut_dispatch"


def hasten_dispatch(
    session: Session, case_id: str, minutes: int, *, calendar: Calendar, actor: Actor, now: datetime
) -> datetime | None:
    """Let the case's open dispatch be due `minutes` from now, if that is earlier than it was: whoever holds it keeps
    it, and its reminders are looked at anew with the next round. Within a command that holds the instance's lock.

    Returns the new instant, in the county's time; None where no dispatch is open, or where it was due before.
    """
    derivation = calendar.add_minutes(now, minutes)
    due = due_at(derivation.end)
    task = session.execute(
        select(user_task.c.id, user_task.c.due_at).where(
            user_task.c.case_id == case_id,
            user_task.c.element_id == DISPATCH,
            user_task.c.status == OPEN,
            user_task.c.due_at > due,
        )
    ).first()
    if task is None:
        return None
    values = {"due_at": due, "due_order": due, "due_derivation": derivation.as_dict(), "remind_at": now}
    session.execute(update(user_task).where(user_task.c.id == task.id).values(**values))
    told = {"task": task.id, "from": task.due_at.isoformat(), "to": due.isoformat()}
    audit.record(session, actor=actor, action="deadline.shorten", target=case_id, now=now, detail=told)
    return due
