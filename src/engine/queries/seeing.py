"""Who may see an instance. Every query that tells something of one begins here; the rule itself is the domain's."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor, Permission, Sight, Target, allowed
from engine.environment import Environment
from engine.errors import NotFound
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An instance that the actor may know of, and how much of its case."""

    id: str
    case_id: str | None
    started_by: str
    sight: Sight  #: NONE: who runs the system sees where it stands, and nothing of the case


_READ = sa.select(instance.c.id, instance.c.case_id, instance.c.started_by).where(
    instance.c.id == sa.bindparam("instance_id")
)
_OPEN = sa.select(user_task.c.role, user_task.c.place, user_task.c.department, user_task.c.assignee).where(
    user_task.c.instance_id == sa.bindparam("instance_id"), user_task.c.status == OPEN
)


def require_seen(session: Session, env: Environment, instance_id: str, actor: Actor) -> Seen:
    """The instance, for whoever sees its case in any degree, or runs the system.

    :raises NotFound: there is none, or the actor is not to learn of it; both look alike.
    """
    found = session.execute(_READ, {"instance_id": instance_id}).one_or_none()
    if found is not None:
        seen = Seen(**found._asdict(), sight=_sight(session, env, found, actor))
        if seen.sight > Sight.NONE or allowed(actor, Permission.INSTANCE_SEE):
            return seen
    raise NotFound("没有这个办件")


def is_seen(session: Session, env: Environment, instance_id: str, actor: Actor) -> bool:
    """Whether the actor may open the instance's page: what a list asks before it makes a link."""
    try:
        require_seen(session, env, instance_id, actor)
    except NotFound:
        return False
    return True


def _sight(session: Session, env: Environment, found: sa.Row[tuple[str, str | None, str]], actor: Actor) -> Sight:
    if actor.is_system:
        return Sight.SEALED
    if found.case_id is not None:
        return env.domain.sight(session, actor, found.case_id)
    tasks = session.execute(_OPEN, {"instance_id": found.id})
    return (
        Sight.FILE
        if any(allowed(actor, Permission.TASK_WORK, Target(**row._asdict())) for row in tasks)
        else (Sight.NONE)
    )
