"""The holder lets a colleague do the work (委派); it comes back to the holder, who completes it."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
    require_separation,
    target_of,
    tell,
)
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def entrust_task(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    to_user: str,
    to_name: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Make `to_user` the one who does the work, and the actor its owner. The token stays where it is: nobody can
    complete the step before the work was handed back.

    It stays inside the post, and the separation of duties holds for both. Raises `NotFound`, `NotAllowed`,
    `TaskAlreadyClosed`, `TaskClaimedByOther`, `InstanceNotRunning`, `Refused` (entrusted already, or to oneself),
    `SubmissionInvalid` (no reason).
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    require_not_entrusted(task)
    require_running(split(task))
    if to_user == actor.id:
        raise Refused("不能委派给自己")
    if not env.domain.may_hold(session, to_user, target_of(task)):
        raise NotAllowed(f"{to_name} 不在此岗位,不能承办此事项,请委派给同岗位的同事")
    for person in (actor.id, to_user):
        require_separation(session, task, person)
    session.write(
        user_task.ASSIGN,
        {
            "task_id": task_id,
            "new_assignee": to_user,
            "new_assignee_name": to_name,
            "new_owner": actor.id,
            "new_owner_name": actor.name,
        },
    )
    told = {"task": task_id, "to": to_user, "to_name": to_name, "reason": reason}
    touch(session, split(task), kind="entrust", element_id=task.element_id, actor=actor, now=now, data=told)
    tell(session, env, task, NewsKind.ENTRUSTED, to=(to_user,), note=reason, actor=actor, now=now)
