"""What somebody typed into a task's form and has not submitted yet: one for each task and person.

Sealed like a submission. It stays for a while when somebody else closes the task, so that nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.session import Session
from engine.store.user_task import user_task
from engine.store.veils import Hidden, VeiledFields

task_draft = sa.Table(
    "task_draft",
    metadata,
    sa.Column("id", sa.String(120), primary_key=True),  #: see `draft_id`
    sa.Column("task_id", sa.String(40), sa.ForeignKey("user_task.id"), nullable=False),
    sa.Column("person", sa.String(80), nullable=False),
    sa.Column("fields", VeiledFields("task_draft.fields"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
    sa.Index("ix_task_draft_task_id", "task_id"),
)

INSERT = insert(task_draft)

OF_PERSON = Prepared(
    sa.select(task_draft.c.fields, task_draft.c.revision, task_draft.c.saved_at).where(
        task_draft.c.id == sa.bindparam("draft_id")
    )
)

CHANGE = Prepared(
    sa.update(task_draft)
    .where(task_draft.c.id == sa.bindparam("draft_id"))
    .values(
        fields=sa.bindparam("new_fields"),
        revision=sa.bindparam("new_revision"),
        saved_at=sa.bindparam("new_saved_at"),
    )
)

DELETE = Prepared(sa.delete(task_draft).where(task_draft.c.id == sa.bindparam("draft_id")))

#: Drafts that nobody asks for any more: their task was closed long ago.
SWEEP = sa.delete(task_draft).where(
    sa.exists().where(
        user_task.c.id == task_draft.c.task_id, user_task.c.closed_at < sa.bindparam("closed_before", type_=Instant)
    )
)


def draft_id(task_id: str, person_id: str) -> str:
    """The key of a person's draft of a task."""
    return f"{task_id}:{person_id}"


def keep(session: Session, task_id: str, person_id: str, fields: Mapping[str, Any] | Hidden, now: datetime) -> int:
    """Keep the fields as the person's draft, over an older one; returns its revision, counted from 1. Those of a sealed
    file come as `Hidden`."""
    kept = fields if isinstance(fields, Hidden) else dict(fields)
    key = draft_id(task_id, person_id)
    known = session.row(OF_PERSON, {"draft_id": key})
    revision = (known.revision if known else 0) + 1
    if known:
        session.write(CHANGE, {"draft_id": key, "new_fields": kept, "new_revision": revision, "new_saved_at": now})
    else:
        row = {"id": key, "task_id": task_id, "person": person_id, "fields": kept}
        session.write(INSERT, {**row, "revision": revision, "saved_at": now})
    return revision


def sweep(session: Session, *, closed_before: datetime) -> int:
    """Remove the drafts of tasks that were closed before this instant; returns how many."""
    return session.execute(SWEEP, {"closed_before": closed_before}).rowcount
