"""How the due dates of some tasks came about: beside the inbox, whose indexes do not carry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Target, allowed
from engine.store.session import Session
from engine.store.user_task import user_task

_RIGHT = (user_task.c.role, user_task.c.place, user_task.c.department, user_task.c.assignee)


def derivations(session: Session, task_ids: Iterable[str], *, actor: Actor) -> Mapping[str, Mapping[str, Any] | None]:
    """Task id to `Derivation.as_dict()`, None where the due date was given as it is; only tasks that the actor may do
    or did."""
    wanted = list(task_ids)
    if not wanted:
        return {}
    columns = (user_task.c.id, user_task.c.due_derivation, user_task.c.closed_by, *_RIGHT)
    rows = session.execute(sa.select(*columns).where(user_task.c.id.in_(wanted)))
    return {row.id: row.due_derivation for row in rows if row.closed_by == actor.id or _may_work(actor, row)}


def _may_work(actor: Actor, row: Any) -> bool:
    target = Target(role=row.role, place=row.place, department=row.department, assignee=row.assignee)
    return allowed(actor, Permission.TASK_WORK, target)
