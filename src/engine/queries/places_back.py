"""To which earlier steps a task may be sent back."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from engine.access import Actor
from engine.definitions import going_back
from engine.environment import Environment
from engine.queries.task import task
from engine.runtime.inspection import beside
from engine.store.instance import instance
from engine.store.session import Session


def places_back(
    session: Session, env: Environment, task_id: str, *, wanted: Collection[str], actor: Actor
) -> frozenset[str]:
    """Those of the wanted elements that the diagram allows, as the case stands now. Raises `NotFound`, `NotAllowed`."""
    view = task(session, actor, task_id)
    state = session.scalar(sa.select(instance.c.state).where(instance.c.id == view.instance_id))
    spec = env.specs.get(view.version_id, lambda version: env.library.bundle(session, version))
    stands = beside(spec, state, task_id)
    if stands is None or not wanted:
        return frozenset()
    key, scope, others = stands
    process = env.library.bundle(session, view.version_id).process_of(key)
    return going_back.places_back(process, scope, view.element_id, others, wanted) if process else frozenset()
