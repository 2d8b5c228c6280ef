"""What people filled in for one instance, as far as the reader may read it; that it was read is noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.domain import Reader
from engine.environment import Environment
from engine.store import audit
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.submission import submission
from engine.store.user_task import user_task


@dataclass(frozen=True, kw_only=True)
class SubmissionRow:
    """One submitted form."""

    task_id: str | None  #: None: the start form
    element_id: str | None
    department: str | None
    element_process: str | None  #: the (called) process whose form it is; None: the start form's
    version_id: str
    form: str | None
    fields: Mapping[str, Any]
    actor_id: str
    at: datetime


_READ = (
    sa.select(
        submission.c.task_id,
        submission.c.element_id,
        user_task.c.department,
        user_task.c.element_process,
        submission.c.version_id,
        submission.c.form,
        submission.c.fields,
        submission.c.actor_id,
        submission.c.at,
        instance.c.case_id,
    )
    .select_from(
        submission.join(instance, instance.c.id == submission.c.instance_id).outerjoin(
            user_task, user_task.c.id == submission.c.task_id
        )
    )
    .where(submission.c.instance_id == sa.bindparam("instance_id"))
    .order_by(submission.c.at)
)


def submissions(
    session: Session, env: Environment, instance_id: str, *, actor: Actor, purpose: str, now: datetime
) -> tuple[SubmissionRow, ...]:
    """The instance's submissions, the first one first: what the actor filled in, and what the domain lets the actor
    read of the others'. Reading others' forms is noted with its purpose, in this transaction.

    :raises Refused: others' forms are read without a purpose.
    """
    found = session.execute(_READ, {"instance_id": instance_id}).all()
    case_id = found[0].case_id if found else None
    others = any(row.actor_id != actor.id for row in found)
    may_read = _reader(session, env, case_id, actor) if others else None
    kept = [row for row in found if row.actor_id == actor.id or (may_read and may_read(row.actor_id, row.department))]
    if case_id is not None and any(row.actor_id != actor.id for row in kept):
        seen = env.domain.sight(session, actor, case_id)
        audit.note_read(session, case_id, actor=actor, seen=seen, purpose=purpose, now=now)
    return tuple(
        SubmissionRow(**{name: getattr(row, name) for name in SubmissionRow.__dataclass_fields__}) for row in kept
    )


def _reader(session: Session, env: Environment, case_id: str | None, actor: Actor) -> Reader | None:
    """Nobody but the program reads the others' forms of an instance without a case, or of a case of which the
    actor does not see the file."""
    if actor.is_system:
        return lambda _person, _department: True
    if case_id is None or env.domain.sight(session, actor, case_id) < Sight.FILE:
        return None
    return env.domain.reader(session, actor, case_id)
