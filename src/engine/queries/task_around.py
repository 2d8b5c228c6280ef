"""What people said around a task: opinions of co-signers, copies, remarks, and the reader's own draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.environment import Environment
from engine.errors import NotFound
from engine.queries.seeing import Seen, require_seen
from engine.queries.task import task
from engine.store import audit, signature, task_draft, task_remark
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.signature import task_signature
from engine.store.task_copy import task_copy
from engine.store.user_task import OPEN, user_task


@dataclass(frozen=True, kw_only=True)
class SignatureRow:
    """An opinion that is asked for, and what it says once it is in."""

    id: str
    role: str | None
    person: str | None
    person_name: str | None
    asked_by_name: str
    note: str
    opinion: str | None
    agrees: bool | None
    signed_by: str | None
    signed_by_name: str | None
    signed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ToSign:
    """A task that waits for somebody's opinion."""

    task_id: str
    task_name: str
    subject: str
    place: str
    asked_by_name: str
    asked_at: datetime
    note: str
    due_at: datetime | None
    due_derivation: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class CopyRow:
    """A copy of a task, as its recipient and those who work on the case see it."""

    task_id: str
    instance_id: str
    task_name: str
    subject: str
    recipient: str
    recipient_name: str
    sender_name: str
    note: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RemarkRow:
    """A remark, with the names of those it was addressed to."""

    author: str
    author_name: str
    author_unit: str
    body: str
    named: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """What was typed and not submitted."""

    fields: Mapping[str, Any]
    revision: int
    saved_at: datetime


_COPY = (
    sa.select(
        task_copy.c.task_id,
        task_copy.c.instance_id,
        user_task.c.name.label("task_name"),
        instance.c.subject,
        instance.c.case_id,
        task_copy.c.recipient,
        task_copy.c.recipient_name,
        task_copy.c.sender_name,
        task_copy.c.note,
        task_copy.c.at,
        task_copy.c.read_at,
    )
    .join(user_task, user_task.c.id == task_copy.c.task_id)
    .join(instance, instance.c.id == task_copy.c.instance_id)
    .order_by(task_copy.c.at.desc(), task_copy.c.task_id)
)


def signatures(session: Session, actor: Actor, task_id: str) -> tuple[SignatureRow, ...]:
    """The opinions that the task asks for, in order. Raises `NotFound`, `NotAllowed` as the task itself."""
    task(session, actor, task_id)
    rows = session.rows(signature.OF_TASK, {"of_task": task_id})
    return tuple(
        SignatureRow(**{name: getattr(row, name) for name in SignatureRow.__dataclass_fields__}) for row in rows
    )


_TO_SIGN = (
    sa.select(
        task_signature.c.task_id,
        task_signature.c.role,
        task_signature.c.person,
        task_signature.c.asked_by_name,
        task_signature.c.asked_at,
        task_signature.c.note,
        user_task.c.name.label("task_name"),
        user_task.c.subject,
        user_task.c.place,
        user_task.c.due_at,
        user_task.c.due_derivation,
        user_task.c.case_id,
    )
    .join(user_task, user_task.c.id == task_signature.c.task_id)
    .where(user_task.c.status == OPEN, task_signature.c.signed_at.is_(None), task_signature.c.removed_at.is_(None))
    .order_by(user_task.c.due_order, task_signature.c.id)
)


def to_sign(session: Session, env: Environment, *, actor: Actor, limit: int = 100) -> tuple[ToSign, ...]:
    """The open tasks that wait for the actor's opinion, the most urgent first. A person who was asked and does not see
    the file any more is not told."""
    roles = {grant.role for grant in actor.grants}
    found = session.execute(
        _TO_SIGN.where(sa.or_(task_signature.c.person == actor.id, task_signature.c.role.in_(roles))).limit(limit)
    )
    return tuple(
        ToSign(**{name: getattr(row, name) for name in ToSign.__dataclass_fields__})
        for row in found
        if signature.asks(actor, row.place, row) and (row.role or _sees_file(session, env, actor, row.case_id))
    )


def _sees_file(session: Session, env: Environment, actor: Actor, case_id: str | None) -> bool:
    return case_id is not None and env.domain.sight(session, actor, case_id) >= Sight.FILE


def instance_of(session: Session, env: Environment, task_id: str, *, actor: Actor) -> str:
    """The instance of a task, for whoever sees its case. Raises `NotFound`."""
    found = session.scalar(sa.select(user_task.c.instance_id).where(user_task.c.id == task_id))
    if found is None:
        raise NotFound("没有这项待办")
    return require_seen(session, env, found, actor).id


def copies_of(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> tuple[CopyRow, ...]:
    """The copies of an instance's tasks, the latest first: all for who sees the file, else the actor's own. Raises
    `NotFound`."""
    seen = require_seen(session, env, instance_id, actor)
    rows = session.execute(_COPY.where(task_copy.c.instance_id == instance_id))
    everything = _is_official(session, env, seen, actor)
    return tuple(_copy(row) for row in rows if everything or row.recipient == actor.id)


def _is_official(session: Session, env: Environment, seen: Seen, actor: Actor) -> bool:
    """Whether the actor sees the file for the office's sake."""
    if seen.case_id is None or seen.sight < Sight.FILE:
        return False
    return not env.domain.is_party(session, actor, seen.case_id)


def copies_to(session: Session, env: Environment, task_ids: Collection[str], *, actor: Actor) -> tuple[CopyRow, ...]:
    """Of these tasks what was copied to the actor, the latest first, of the cases that the actor still sees; without
    the child where the actor does not see the masked name."""
    found = session.execute(_COPY.where(task_copy.c.recipient == actor.id, task_copy.c.task_id.in_(task_ids)))
    shown = []
    for row in found:
        seen = env.domain.sight(session, actor, row.case_id) if row.case_id else Sight.NONE
        if seen >= Sight.CODED:
            shown.append(_copy(row, nameless=seen < Sight.MASKED))
    return tuple(shown)


def _copy(row: Any, *, nameless: bool = False) -> CopyRow:
    values = {name: getattr(row, name) for name in CopyRow.__dataclass_fields__}
    return CopyRow(**(values | {"subject": ""} if nameless else values))


def remarks(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> tuple[RemarkRow, ...]:
    """The remarks at an instance, the first one first; none for who does not see the file, or whose own case it is.
    Raises `NotFound`."""
    if not _is_official(session, env, require_seen(session, env, instance_id, actor), actor):
        return ()
    rows = session.rows(task_remark.OF_INSTANCE, {"of_instance": instance_id})
    return tuple(
        RemarkRow(
            author=row.author,
            author_name=row.author_name,
            author_unit=row.author_unit,
            body=row.body,
            named=tuple(row.named or ()),
            at=row.at,
        )
        for row in rows
    )


def draft(
    session: Session, env: Environment, task_id: str, *, actor: Actor, purpose: str, now: datetime
) -> DraftRow | None:
    """The actor's own draft of the task; whoever is asked to sign reads the holder's, which is noted with its purpose.
    Raises `NotFound`, `NotAllowed`, `Refused` (no purpose)."""
    view = task(session, actor, task_id)
    author = view.assignee if view.asked_to_sign and not view.may_work and view.assignee else actor.id
    found = session.row(task_draft.OF_PERSON, {"draft_id": task_draft.draft_id(task_id, author)})
    if found is not None and author != actor.id and view.case_id is not None:
        seen = env.domain.sight(session, actor, view.case_id)
        audit.note_read(session, view.case_id, actor=actor, seen=seen, purpose=purpose, now=now)
    return DraftRow(fields=found.fields, revision=found.revision, saved_at=found.saved_at) if found else None
