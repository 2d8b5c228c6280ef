"""A task is shown to somebody who only reads (抄送)."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Sight
from engine.commands.reasons import LONGEST_REASON
from engine.commands.tasking import locked_task, require_right, tell
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import FieldProblem, NotAllowed, Refused, SubmissionInvalid
from engine.store import task_copy
from engine.store.changes import touch
from engine.store.instance import split
from engine.store.session import Session


def copy_task(
    session: Session, env: Environment, task_id: str, *, recipient: Actor, note: str, actor: Actor, now: datetime
) -> bool:
    """Send the recipient a copy; False where there was one already. A copy opens nothing: the recipient must see the
    case by office, and reads of it what the office lets see.

    Raises `NotFound`, `NotAllowed` (the actor may not do the task, or the recipient may not know of the case),
    `Refused` (to oneself), `SubmissionInvalid` (a novel).
    """
    if len(note) > LONGEST_REASON:
        problem = FieldProblem(field="note", rule="maxLength", message=f"附言请控制在 {LONGEST_REASON} 字以内")
        raise SubmissionInvalid([problem])
    task = locked_task(session, task_id)
    require_right(actor, task)
    if recipient.id == actor.id:
        raise Refused("不必抄送给自己")
    if task.case_id is None or env.domain.sight(session, recipient, task.case_id) < Sight.CODED:
        raise NotAllowed(f"{recipient.name} 无权查阅此办件,不能抄送")
    if env.domain.is_party(session, recipient, task.case_id):
        raise NotAllowed(f"{recipient.name} 是此办件的申请人,不能抄送")
    if session.row(task_copy.OF_RECIPIENT, {"of_task": task_id, "of_recipient": recipient.id}) is not None:
        return False
    session.write(
        task_copy.INSERT,
        {
            "task_id": task_id,
            "instance_id": task.id,
            "recipient": recipient.id,
            "recipient_name": recipient.name,
            "sender": actor.id,
            "sender_name": actor.name,
            "note": split(task).hide(note.strip()),
            "at": now,
            "read_at": None,
        },
    )
    told = {"task": task_id, "to_name": recipient.name}
    touch(session, split(task), kind="copy", element_id=task.element_id, actor=actor, now=now, data=told)
    tell(session, env, task, NewsKind.COPIED, to=(recipient.id,), note=note.strip(), actor=actor, now=now)
    return True
