"""A person leaves a remark at a case for the others who work on it (留言)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.access import Actor, Sight
from engine.commands.reasons import LONGEST_REASON
from engine.commands.tasking import locked_task, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import task_remark
from engine.store.identifiers import new_id
from engine.store.instance import split
from engine.store.session import Session


def remark_on_task(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    body: str,
    named: Sequence[Actor] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Write the remark, and let know whom it names: only people who see the file themselves.

    Raises `NotFound`, `NotAllowed` (the actor, or one of those named, does not see the file), `SubmissionInvalid`
    (empty, or a novel).
    """
    text = body.strip()
    if not text or len(text) > LONGEST_REASON:
        message = f"请填写留言,{LONGEST_REASON} 字以内"
        raise SubmissionInvalid([FieldProblem(field="body", rule="required", message=message)])
    task = locked_task(session, task_id)
    for one in (actor, *named):
        if task.case_id is None or env.domain.sight(session, one, task.case_id) < Sight.FILE:
            raise NotAllowed(f"{one.name} 无权查阅此办件的档案")
        if env.domain.is_party(session, one, task.case_id):
            raise NotAllowed(f"{one.name} 是此办件的申请人,不参与内部留言")
    session.write(
        task_remark.INSERT,
        {
            "id": new_id(now),
            "instance_id": task.id,
            "task_id": task_id,
            "author": actor.id,
            "author_name": actor.name,
            "author_unit": actor.unit,
            "body": split(task).hide(text),
            "named": [one.name for one in named] or None,
            "at": now,
        },
    )
    to = tuple(one.id for one in named if one.id != actor.id)
    if to:
        tell(session, env, task, NewsKind.NAMED, to=to, note=text, actor=actor, now=now)
