"""Who opened an open task's page, once for each person: a step that somebody looked at is not taken back any more."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert

task_opening = sa.Table(
    "task_opening",
    metadata,
    sa.Column("task_id", sa.String(40), sa.ForeignKey("user_task.id"), primary_key=True),
    sa.Column("person", sa.String(80), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

INSERT = insert(task_opening)

OF_TASK = Prepared(
    sa.select(task_opening.c.person, task_opening.c.at).where(task_opening.c.task_id == sa.bindparam("of_task"))
)
