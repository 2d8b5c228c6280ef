"""The holder of a task asks somebody for an opinion before the step may close (加签)."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Sight
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
    require_separation,
    tell,
)
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import signature, user_task
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def add_cosigner(
    session: Session, env: Environment, task_id: str, *, cosigner: Actor, reason: str, actor: Actor, now: datetime
) -> None:
    """Ask for the cosigner's opinion; the actor holds the task from then on.

    The step does not close before the opinion is in, or not asked for any more. It opens nothing: the cosigner must see
    the case's file by office. Nothing to do if the opinion is asked for already.

    Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `TaskClaimedByOther`, `InstanceNotRunning`, `Refused`
    (oneself; the work is entrusted), `SubmissionInvalid` (it does not say on what).
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    require_not_entrusted(task)
    require_running(split(task))
    if cosigner.id == actor.id:
        raise Refused("不能请自己会签")
    if task.case_id is None or env.domain.sight(session, cosigner, task.case_id) < Sight.FILE:
        raise NotAllowed(f"{cosigner.name} 无权查阅此办件的档案,不能加签")
    if env.domain.is_party(session, cosigner, task.case_id):
        raise NotAllowed(f"{cosigner.name} 是此办件的申请人,不能会签")
    rows = session.rows(signature.OF_TASK, {"of_task": task_id})
    if any(row.person == cosigner.id for row in rows):
        return
    if task.assignee is None:  # whoever asks for an opinion is the one who waits for it
        require_separation(session, task, actor.id)
        session.write(user_task.ASSIGN, {"task_id": task_id, "new_assignee": actor.id, "new_assignee_name": actor.name})
    made = signature.asked(
        task_id=task_id,
        instance_id=task.id,
        position=len(rows),
        person=cosigner,
        asked_by=actor,
        note=split(task).hide(reason),
        now=now,
    )
    session.write(signature.INSERT, made)
    if not task.sign:
        session.write(user_task.TO_SIGN, {"task_id": task_id, "new_sign": signature.Mode.ALL})
    told = {"task": task_id, "to_name": cosigner.name, "reason": reason}
    touch(session, split(task), kind="cosign_ask", element_id=task.element_id, actor=actor, now=now, data=told)
    tell(session, env, task, NewsKind.SIGN, to=(cosigner.id,), note=reason, actor=actor, now=now)
