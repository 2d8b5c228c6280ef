"""A task is lent to another person of the same post, who may do it until a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.access import Actor, Permission, allowed
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
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session
from engine.store.task_loan import lend

#: A task is lent for so long at most; a longer absence is a change of the post's holder.
LONGEST = timedelta(days=31)


def delegate_task(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    to_user: str,
    to_name: str,
    reason: str,
    until: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    """Make `to_user` the task's holder until `until`, when it goes back (`end_loans`). An administrator may take
    it from another holder; nobody else may.

    It stays inside the post: the new holder must hold the task's role for its place and department. The separation of
    duties holds for the new holder too. Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`,
    `TaskClaimedByOther`, `InstanceNotRunning`, `SubmissionInvalid` (no reason, or an end that is past or too far).
    """
    reason = require_reason(reason)
    _require_end(until, now)
    task = locked_task(session, task_id)
    require_right(actor, task, Permission.TASK_DELEGATE)
    require_open(task)
    if not allowed(actor, Permission.INSTANCE_MANAGE):
        require_not_held_by_other(actor, task)
        require_not_entrusted(task)
    require_running(split(task))
    if not env.domain.may_hold(session, to_user, target_of(task)):
        raise NotAllowed(f"{to_name} 不在此岗位,不能接办此事项,请转给同岗位的同事")
    require_separation(session, task, to_user)
    session.write(user_task.ASSIGN, {"task_id": task_id, "new_assignee": to_user, "new_assignee_name": to_name})
    lend(session, task_id, to_user=to_user, back_to=task.assignee, back_to_name=task.assignee_name, until=until)
    told = {"task": task_id, "to": to_user, "to_name": to_name, "reason": reason, "until": until.isoformat()}
    touch(session, split(task), kind="delegate", element_id=task.element_id, actor=actor, now=now, data=told)
    tell(session, env, task, NewsKind.HANDED, to=(to_user,), note=reason, actor=actor, now=now)


def _require_end(until: datetime, now: datetime) -> None:
    if not now < until <= now + LONGEST:
        message = f"转办须有截止日期,自今天起不超过 {LONGEST.days} 天"
        raise SubmissionInvalid([FieldProblem(field="until", rule="range", message=message)])
