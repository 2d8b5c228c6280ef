"""Tasks that were lent until now go back: the borrower's right to them ends with the day."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.commands.tasking import locked_task
from engine.store import task_loan, user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session
from engine.store.user_task import TaskStatus

#: Loans that one run ends at most.
BATCH = 100


def end_loans(session: Session, *, actor: Actor, now: datetime) -> int:
    """End the loans that ran out by `now`; returns how many tasks went back. What the borrower did, or gave away, stays
    as it is. Raises `NotAllowed` unless the actor runs the system."""
    require(actor, Permission.INSTANCE_MANAGE)
    over = sa.select(task_loan.task_loan).where(task_loan.task_loan.c.until <= now)
    rows = session.execute(over.order_by(task_loan.task_loan.c.task_id).limit(BATCH)).all()
    return sum(_give_back(session, row, actor, now) for row in rows)


def _give_back(
    session: Session, loan: sa.Row[tuple[str, str, str, str, datetime]], actor: Actor, now: datetime
) -> bool:
    task = locked_task(session, loan.task_id)
    task_loan.end(session, loan.task_id)
    if task.task_status != TaskStatus.OPEN or task.assignee != loan.to_user:
        return False
    holder = {"new_assignee": loan.back_to, "new_assignee_name": loan.back_to_name}
    session.write(user_task.ASSIGN, {"task_id": loan.task_id, **holder})
    told = {"task": loan.task_id, "to": loan.back_to, "to_name": loan.back_to_name}
    touch(session, split(task), kind="loan-over", element_id=task.element_id, actor=actor, now=now, data=told)
    return True
