"""From whom a task came to whoever has it now: the column 来自 of the inbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor
from engine.store.history import history
from engine.store.session import Session
from engine.store.task_loan import task_loan
from engine.store.user_task import TaskStatus, user_task


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sent a task."""

    id: str
    name: str


_BEFORE, _FORMER, _BEGUN = user_task.alias("before"), user_task.alias("former"), history.alias("begun")
#: The task of the instance that was completed last before this one opened.
_LAST = (
    sa.select(_BEFORE.c.id)
    .where(
        _BEFORE.c.instance_id == user_task.c.instance_id,
        _BEFORE.c.status == TaskStatus.DONE,
        _BEFORE.c.closed_at <= user_task.c.opened_at,
        _BEFORE.c.id != user_task.c.id,
    )
    .order_by(_BEFORE.c.closed_at.desc(), _BEFORE.c.id.desc())
    .limit(1)
    .correlate(user_task)
    .scalar_subquery()
)
_SENT = sa.select(
    user_task.c.id,
    sa.func.coalesce(user_task.c.owner, task_loan.c.back_to, _FORMER.c.closed_by, _BEGUN.c.actor_id).label("sender"),
    sa.func.coalesce(
        user_task.c.owner_name, task_loan.c.back_to_name, _FORMER.c.closed_by_name, _BEGUN.c.actor_name
    ).label("sender_name"),
).select_from(
    user_task.outerjoin(task_loan, task_loan.c.task_id == user_task.c.id)
    .outerjoin(_FORMER, _FORMER.c.id == _LAST)
    .outerjoin(_BEGUN, sa.and_(_BEGUN.c.instance_id == user_task.c.instance_id, _BEGUN.c.step == 1))
)


def senders(session: Session, task_ids: Collection[str], *, actor: Actor) -> Mapping[str, Sender]:
    """Who sent each of these tasks of the own inbox: who handed or entrusted it, else who completed the step before,
    else who began. What the program began is left out, and so are open tasks that somebody else holds.
    """
    holders = [actor.id, *sorted(actor.stands_in_for)]
    own = sa.or_(user_task.c.assignee.is_(None), user_task.c.assignee.in_(holders), user_task.c.closed_by == actor.id)
    rows = session.execute(_SENT.where(user_task.c.id.in_(task_ids), own))
    return {
        row.id: Sender(id=row.sender, name=row.sender_name)
        for row in rows
        if row.sender and not row.sender.startswith("system:")
    }
