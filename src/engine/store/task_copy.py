"""Copies of a task to people who only read (抄送): one to each."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.veils import Veiled

task_copy = sa.Table(
    "task_copy",
    metadata,
    sa.Column("task_id", sa.String(40), sa.ForeignKey("user_task.id"), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("recipient", sa.String(80), primary_key=True),
    sa.Column("recipient_name", sa.String(80), nullable=False),
    sa.Column("sender", sa.String(80), nullable=False),
    sa.Column("sender_name", sa.String(80), nullable=False),
    sa.Column("note", Veiled("task_copy.note"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("read_at", Instant),
    sa.Index("ix_task_copy_recipient_at", "recipient", "at"),
)

INSERT = insert(task_copy)

OF_RECIPIENT = Prepared(
    sa.select(task_copy.c.task_id, task_copy.c.read_at).where(
        task_copy.c.task_id == sa.bindparam("of_task"), task_copy.c.recipient == sa.bindparam("of_recipient")
    )
)

READ = Prepared(
    sa.update(task_copy)
    .where(
        task_copy.c.task_id == sa.bindparam("of_task"),
        task_copy.c.recipient == sa.bindparam("of_recipient"),
        task_copy.c.read_at.is_(None),
    )
    .values(read_at=sa.bindparam("new_read_at"))
)
