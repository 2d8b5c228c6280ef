"""One user task, for the page on which it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Target, allowed, require
from engine.errors import NotFound
from engine.store import signature
from engine.store.instance import instance
from engine.store.process_version import process_version
from engine.store.session import Session
from engine.store.user_task import user_task


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """A task and what is around it. Which form to show: `version_id`, `element_process`, `form`."""

    id: str
    instance_id: str
    element_id: str
    element_process: str
    name: str
    form: str
    role: str
    place: str
    department: str | None
    assignee: str | None
    assignee_name: str | None
    status: str
    opened_at: datetime
    due_at: datetime | None
    due_derivation: Mapping[str, Any] | None
    separate_from: tuple[str, ...]
    reminders: str | None
    variables: tuple[str, ...]
    instance_key: str | None
    closed_at: datetime | None
    closed_by_name: str | None
    process_key: str
    process_title: str
    version_id: str
    version_number: int
    instance_status: str
    case_id: str | None
    case_kind: str
    subject: str
    owner: str | None
    owner_name: str | None
    for_person_name: str | None
    urged_at: datetime | None
    sign: str | None
    may_work: bool  #: whether this person may complete it (he may only look at what he completed himself)
    closed_by_me: bool
    asked_to_sign: bool  #: whether an opinion is asked of this person, which opens the page


_COLUMNS = tuple(
    user_task.c[name]
    for name in TaskView.__dataclass_fields__
    if name in user_task.c and name not in ("separate_from", "variables")
)

_READ = (
    sa.select(
        *_COLUMNS,
        user_task.c.separate_from,
        user_task.c.variables,
        user_task.c.closed_by,
        instance.c.version_id,
        instance.c.status.label("instance_status"),
        instance.c.case_kind,
        process_version.c.title.label("process_title"),
        process_version.c.number.label("version_number"),
    )
    .select_from(
        user_task.join(instance, instance.c.id == user_task.c.instance_id).join(
            process_version, process_version.c.id == instance.c.version_id
        )
    )
    .where(user_task.c.id == sa.bindparam("task_id"))
)


def task(session: Session, actor: Actor, task_id: str) -> TaskView:
    """The task. Raises `NotFound`, `NotAllowed` (neither may do it nor did it)."""
    found = session.execute(_READ, {"task_id": task_id}).one_or_none()
    if found is None:
        raise NotFound("没有这项待办")
    target = Target(role=found.role, place=found.place, department=found.department, assignee=found.assignee)
    may_work = allowed(actor, Permission.TASK_WORK, target)
    asked = bool(found.sign) and any(signature.asks(actor, found.place, row) for row in _signatures(session, task_id))
    if found.closed_by != actor.id and not asked:
        require(actor, Permission.TASK_WORK, target)
    values: dict[str, Any] = found._asdict()
    mine = values.pop("closed_by") == actor.id
    lists: dict[str, Any] = {name: tuple(values.pop(name) or ()) for name in ("separate_from", "variables")}
    return TaskView(**values, **lists, may_work=may_work, closed_by_me=mine, asked_to_sign=asked)


def _signatures(session: Session, task_id: str) -> list[Any]:
    return session.rows(signature.OF_TASK, {"of_task": task_id})
