"""A co-signer gives the opinion that a step waits for (会签)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.access import Actor, Sight
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running
from engine.commands.tasking import locked_task, require_open, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.store import signature
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def sign_task(
    session: Session, env: Environment, task_id: str, *, agrees: bool, opinion: str, actor: Actor, now: datetime
) -> None:
    """Enter the actor's opinion: as the person asked, or for the next role of the diagram that the actor holds.

    Raises `NotFound`, `NotAllowed` (nobody asks the actor, or the actor does not see the file any more),
    `TaskAlreadyClosed`, `InstanceNotRunning`, `Refused` (not yet the actor's turn, given before), `SubmissionInvalid`
    (no opinion).
    """
    opinion = require_reason(opinion)
    task = locked_task(session, task_id)
    rows = session.rows(signature.OF_TASK, {"of_task": task_id})
    mine = [row for row in rows if signature.asks(actor, task.task_place, row)]
    if not mine:
        raise NotAllowed("此事项没有请您会签")
    if mine[0].person and env.domain.sight(session, actor, task.case_id) < Sight.FILE:
        raise NotAllowed("您已无权查阅此办件的档案")
    require_open(task)
    require_running(split(task))
    chosen = _next(task.sign, rows, mine, actor)
    session.write(
        signature.SIGN,
        {
            "signature_id": chosen.id,
            "new_opinion": split(task).hide(opinion),
            "new_agrees": agrees,
            "new_signed_by": actor.id,
            "new_signed_by_name": actor.name,
            "new_signed_at": now,
        },
    )
    told = {"task": task_id, "agrees": agrees}  # what it says, only those read who see the task
    touch(session, split(task), kind="cosign", element_id=task.element_id, actor=actor, now=now, data=told)
    to = (task.assignee,) if task.assignee else ()
    tell(session, env, task, NewsKind.SIGNED, to=to, note=opinion, actor=actor, now=now)


def _next(mode: str, rows: Sequence[Any], mine: Sequence[Any], actor: Actor) -> Any:
    waiting = [row for row in mine if row.signed_at is None]
    if not waiting:
        raise Refused("您已签署过意见")
    if any(row.signed_by == actor.id and row.role for row in rows) and waiting[0].role:
        raise Refused("您已签署过意见,同一事项须由不同的人会签")
    if mode == signature.Mode.IN_TURN and waiting[0].role:
        first = next(row for row in rows if row.role and row.signed_at is None)
        if first.id != waiting[0].id:
            raise Refused("尚未轮到您签署,前面的会签人还没有签署意见")
    return waiting[0]
