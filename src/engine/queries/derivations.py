"""How the due dates of some tasks came about: beside the inbox, whose indexes do not carry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.store.session import Session
from engine.store.user_task import user_task


def derivations(session: Session, task_ids: Iterable[str]) -> Mapping[str, Mapping[str, Any] | None]:
    """Task id to `Derivation.as_dict()`, None where the due date was given as it is."""
    wanted = list(task_ids)
    if not wanted:
        return {}
    rows = session.execute(sa.select(user_task.c.id, user_task.c.due_derivation).where(user_task.c.id.in_(wanted)))
    return {row.id: row.due_derivation for row in rows}
