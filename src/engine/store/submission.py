"""What people submitted, by idempotency key: the same key gets the same answer and has one effect."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, Json, metadata
from engine.store.prepared import Prepared, insert
from engine.store.veils import VeiledFields

submission = sa.Table(
    "submission",
    metadata,
    sa.Column("idempotency_key", sa.String(80), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("task_id", sa.String(40)),  #: None: a start form
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("version_id", sa.String(26), nullable=False),  #: whose form this was
    sa.Column("element_id", sa.String(80)),
    sa.Column("form", sa.String(80)),
    sa.Column("fields", VeiledFields("submission.fields"), nullable=False),
    sa.Column("actor_id", sa.String(80), nullable=False),
    sa.Column("actor_name", sa.String(80), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("answer", Json, nullable=False),  #: what the command answered, to be answered again
    sa.Index("ix_submission_instance_id", "instance_id"),
)

INSERT = insert(submission)

BY_KEY = Prepared(
    sa.select(
        submission.c.instance_id,
        submission.c.process_key,
        submission.c.task_id,
        submission.c.actor_id,
        submission.c.answer,
    ).where(submission.c.idempotency_key == sa.bindparam("idempotency_key"))
)

OF_TASK = Prepared(
    sa.select(submission.c.fields).where(submission.c.task_id == sa.bindparam("of_task")).order_by(submission.c.at)
)
