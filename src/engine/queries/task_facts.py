"""What the form of a task shows of its case: only the names that the form asks for, only to whoever may do the task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor, Sight
from engine.environment import Environment
from engine.queries.task import task
from engine.store import audit
from engine.store.session import Session
from engine.store.user_task import TaskStatus


def task_facts(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    names: Collection[str],
    actor: Actor,
    now: datetime,
) -> Mapping[str, Any]:
    """The named facts of the task's case, and while it is open what the domain tells for the task alone; none of a task
    that the actor may only look back at. The task is the purpose with which the reading is noted. Raises `NotFound`,
    `NotAllowed`."""
    view = task(session, actor, task_id)
    if view.case_id is None or not view.may_work or not names:
        return {}
    facts = env.domain.facts(session, view.case_id, now, names if view.status == TaskStatus.OPEN else ())
    told = {name: facts[name] for name in names if name in facts}
    if told:
        seen = max(env.domain.sight(session, actor, view.case_id), Sight.FILE)
        audit.note_read(session, view.case_id, actor=actor, seen=seen, purpose=view.name, now=now)
    return told
