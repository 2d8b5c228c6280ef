"""The open user tasks of one instance, for its page: whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Target, allowed
from engine.environment import Environment
from engine.queries.seeing import require_seen
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A task that waits for a person. Its id is its token's id."""

    id: str
    element_id: str
    element_process: str
    name: str
    role: str
    place: str
    department: str | None
    assignee: str | None
    assignee_name: str | None
    separate_from: Sequence[str] | None  #: steps whose doer may not do this one
    due_at: datetime | None
    due_derivation: Mapping[str, Any] | None
    may_work: bool  #: whether the reader may do it


_READ = (
    sa.select(*(user_task.c[name] for name in OpenTask.__dataclass_fields__ if name in user_task.c))
    .where(user_task.c.instance_id == sa.bindparam("instance_id"), user_task.c.status == OPEN)
    .order_by(user_task.c.due_order, user_task.c.id)
)


def open_tasks(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> tuple[OpenTask, ...]:
    """The instance's open tasks, the most urgent first.

    :raises NotFound: there is no such instance for this actor.
    """
    require_seen(session, env, instance_id, actor)
    found = session.execute(_READ, {"instance_id": instance_id})
    return tuple(OpenTask(**row._asdict(), may_work=_may_work(actor, row)) for row in found)


def _may_work(actor: Actor, row: Any) -> bool:
    target = Target(role=row.role, place=row.place, department=row.department, assignee=row.assignee)
    return allowed(actor, Permission.TASK_WORK, target)
