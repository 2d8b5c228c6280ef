"""Entrusted work goes back to its owner: handed back when it is done, or called back by the owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.reasons import require_reason
from engine.commands.tasking import locked_task, require_open, require_right, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import task_draft, user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def hand_back_task(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    fields: Mapping[str, Any] | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Make the owner the holder again. What the other filled in becomes the owner's draft: the owner checks it and
    completes the step. Called back by the owner, it brings what the other had saved.

    Raises `NotFound`, `NotAllowed` (neither the one nor the other), `TaskAlreadyClosed`, `Refused` (not entrusted),
    `SubmissionInvalid` (no word on the work).
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    if task.owner is None:
        raise Refused("此事项没有委派,无需交回")
    if actor.id not in (task.owner, task.assignee):
        raise NotAllowed("只有承办人可以交回,委派人可以收回")
    done = fields or _saved(session, task)
    if done:
        task_draft.keep(session, task_id, task.owner, split(task).hide(dict(done)), now)
    session.write(
        user_task.ASSIGN, {"task_id": task_id, "new_assignee": task.owner, "new_assignee_name": task.owner_name}
    )
    called_back = actor.id == task.owner
    told = {"task": task_id, "to": task.owner, "to_name": task.owner_name, "reason": reason}
    kind = "call_back" if called_back else "hand_back"
    touch(session, split(task), kind=kind, element_id=task.element_id, actor=actor, now=now, data=told)
    other = task.assignee if called_back else task.owner
    tell(session, env, task, NewsKind.HANDED_BACK, to=(other,), note=reason, actor=actor, now=now)


def _saved(session: Session, task: Any) -> Mapping[str, Any] | None:
    found = session.row(task_draft.OF_PERSON, {"draft_id": task_draft.draft_id(task.task_id, task.assignee)})
    return found.fields if found else None
