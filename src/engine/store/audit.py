"""Who did or looked at what, outside the steps of instances (those are in `history`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.errors import Refused
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.prepared import insert
from engine.store.session import Session

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", sa.String(80), nullable=False),
    sa.Column("actor_name", sa.String(80), nullable=False),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("target", sa.String(80)),
    sa.Column("detail", Json),
    sa.Index("ix_audit_actor_id_at", "actor_id", "at"),
    sa.Index("ix_audit_target_at", "target", "at"),
)

INSERT = insert(audit)


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    target: str | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the audit, in the same transaction as the act."""
    session.write(
        INSERT,
        {
            "id": new_id(now),
            "at": now,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "action": action,
            "target": target,
            "detail": detail,
        },
    )


def note_read(session: Session, case_id: str, *, actor: Actor, seen: Sight, purpose: str, now: datetime) -> None:
    """Enter that somebody reads a case, how much of it and why: in the transaction of the reading, once in it. Whatever
    tells the content of a case calls this itself; the program's own reading is in `history`.

    :raises Refused: no purpose was given.
    :raises RuntimeError: the transaction keeps nothing, so that the reading would go unnoted.
    """
    if actor.is_system:
        return
    if not purpose.strip():
        raise Refused("查阅办件须说明目的,请填写查阅目的")
    if not session.keeps:
        raise RuntimeError("a case is read in a transaction that keeps no note of it")
    if session.first(("case.read", case_id, actor.id)):
        detail = {"sight": seen.name, "purpose": purpose}
        record(session, actor=actor, action="case.read", target=case_id, now=now, detail=detail)
