"""Remarks that those who work on a case leave each other (留言). Nothing that a step decides rests on them."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, Json, metadata
from engine.store.prepared import Prepared, insert
from engine.store.veils import Veiled

task_remark = sa.Table(
    "task_remark",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("task_id", sa.String(40)),
    sa.Column("author", sa.String(80), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),
    sa.Column("author_unit", sa.String(80), nullable=False),
    sa.Column("body", Veiled("task_remark.body"), nullable=False),
    sa.Column("named", Json),  #: names of those it was addressed to
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_task_remark_instance_id_at", "instance_id", "at"),
)

INSERT = insert(task_remark)

OF_INSTANCE = Prepared(
    sa.select(task_remark)
    .where(task_remark.c.instance_id == sa.bindparam("of_instance"))
    .order_by(task_remark.c.at, task_remark.c.id)
)
