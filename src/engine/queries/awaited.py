"""Which messages a person may send to an instance now: it waits for them, and the domain lets the person tell it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.access import Actor
from engine.environment import Environment
from engine.queries.seeing import require_seen
from engine.store.message_wait import message_wait
from engine.store.session import Session

_READ = sa.select(message_wait.c.name).where(
    message_wait.c.instance_id == sa.bindparam("instance_id"), message_wait.c.signal.is_(sa.false())
)


def awaited(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> frozenset[str]:
    """The names of the messages for which the instance waits and which the actor may send.

    :raises NotFound: there is no such instance for this actor.
    """
    seen = require_seen(session, env, instance_id, actor)
    names = {row.name for row in session.execute(_READ, {"instance_id": instance_id})}
    return frozenset(
        name
        for name in names
        if actor.is_system or (seen.case_id and env.domain.may_send(session, actor, seen.case_id, name))
    )
