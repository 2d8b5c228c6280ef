"""For which messages an instance waits, so that its page offers only what somebody would hear."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.message_wait import message_wait
from engine.store.session import Session

_READ = sa.select(message_wait.c.name).where(
    message_wait.c.instance_id == sa.bindparam("instance_id"), message_wait.c.signal.is_(sa.false())
)


def awaited(session: Session, instance_id: str) -> frozenset[str]:
    """The names of the messages for which the instance waits."""
    return frozenset(row.name for row in session.execute(_READ, {"instance_id": instance_id}))
