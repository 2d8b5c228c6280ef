"""What happened to an instance: one row per change, numbered. The number is the fence's value after the change, and the
primary key: two changes that started from the same version cannot both be committed, whatever they locked or forgot."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.veils import VeiledJson

history = sa.Table(
    "history",
    metadata,
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), nullable=False),  #: of the stimulus, or of the administrative act
    sa.Column("element_id", sa.String(80)),
    sa.Column("actor_id", sa.String(80), nullable=False),
    sa.Column("actor_name", sa.String(80), nullable=False),
    sa.Column("actor_unit", sa.String(80), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column(
        "data", VeiledJson("history.data")
    ),  #: passed elements and flows, tasks opened and closed, decisions, reason
)

INSERT = insert(history)

OF_INSTANCE = Prepared(
    sa.select(history.c.step, history.c.kind, history.c.element_id, history.c.actor_id, history.c.data)
    .where(history.c.instance_id == sa.bindparam("of_instance"))
    .order_by(history.c.step)
)
