"""Elements that wait for a message or a signal, found by name and correlation key."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert

message_wait = sa.Table(
    "message_wait",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("token_id", sa.String(40), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("key", sa.String(80)),  #: None: a signal for all, or a message without correlation
    sa.Column("signal", sa.Boolean, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Index("ix_message_wait_name_key", "name", "key"),
    sa.Index("ix_message_wait_instance_id_token_id", "instance_id", "token_id"),
)

INSERT = insert(message_wait)

REMOVE = Prepared(
    sa.delete(message_wait).where(
        message_wait.c.instance_id == sa.bindparam("of_instance"), message_wait.c.token_id == sa.bindparam("of_token")
    )
)

REMOVE_ALL = Prepared(sa.delete(message_wait).where(message_wait.c.instance_id == sa.bindparam("of_instance")))

_COLUMNS = (message_wait.c.id, message_wait.c.instance_id, message_wait.c.token_id, message_wait.c.element_id)

FOR_MESSAGE = Prepared(
    sa.select(*_COLUMNS)
    .where(
        message_wait.c.name == sa.bindparam("of_name"),
        message_wait.c.key.is_not_distinct_from(sa.bindparam("of_key", type_=sa.String)),
        message_wait.c.signal.is_(sa.false()),
    )
    .order_by(message_wait.c.instance_id, message_wait.c.id)
)

FOR_SIGNAL = Prepared(
    sa.select(*_COLUMNS)
    .where(
        message_wait.c.name == sa.bindparam("of_name"),
        message_wait.c.signal.is_(sa.true()),
        sa.or_(
            message_wait.c.key.is_(None),
            message_wait.c.key.is_not_distinct_from(sa.bindparam("of_key", type_=sa.String)),
        ),
    )
    .order_by(message_wait.c.instance_id, message_wait.c.id)
)

#: Whether a wait still stands, asked under the instance's lock.
STILL = Prepared(sa.select(message_wait.c.id).where(message_wait.c.id == sa.bindparam("wait_id")))
