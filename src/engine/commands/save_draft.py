"""What a person types into a task's form is kept before it is submitted (暂存)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.tasking import require_right
from engine.errors import Conflict, NotFound, Refused
from engine.store import task_draft, user_task
from engine.store.instance import split
from engine.store.session import Session

MOST_BYTES = 200_000


def save_draft(
    session: Session, task_id: str, *, fields: Mapping[str, Any], revision: int, actor: Actor, now: datetime
) -> int:
    """Keep the fields, unchecked; returns the draft's new revision.

    `revision` is the one that the page knows (0: none); a page that knows an older one overwrites nothing.

    Nothing is locked: a draft changes no task. It is kept also when the task was closed meanwhile: what was typed is
    not lost. Raises `NotFound`, `NotAllowed`, `Conflict` (another page of the same person saved later), `Refused` (too
    much).
    """
    task = session.row(user_task.READ_FOR_STEP, {"read_task_id": task_id, "idempotency_key": ""})
    if task is None:
        raise NotFound("没有这项待办")
    require_right(actor, task)
    if len(json.dumps(fields, ensure_ascii=False, default=str).encode()) > MOST_BYTES:
        raise Refused("填写的内容太多,草稿没有保存,请先提交或删减")
    known = session.row(task_draft.OF_PERSON, {"draft_id": task_draft.draft_id(task_id, actor.id)})
    if known is not None and known.revision != revision:
        raise Conflict("另一个窗口保存了更新的草稿,本页的草稿没有覆盖它")
    return task_draft.keep(session, task_id, actor.id, split(task).hide(dict(fields)), now)
