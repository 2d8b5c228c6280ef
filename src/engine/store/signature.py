"""Opinions of co-signers (会签): one row each. A step whose `user_task.sign` is set closes only when they are in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Target, allowed
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.prepared import Prepared, insert
from engine.store.veils import Hidden, Veiled


class Mode(StrEnum):
    """How many of the roles that a diagram names must sign. A person asked at run time (加签) always must."""

    ALL = "all"  #: 会签: every one, in any order
    ANY = "any"  #: 或签: one of them is enough
    IN_TURN = "in_turn"  #: 依次: every one, in the order of the diagram


task_signature = sa.Table(
    "task_signature",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("task_id", sa.String(40), sa.ForeignKey("user_task.id"), nullable=False),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", sa.String(80)),  #: named by the diagram: whoever holds it for the task's place
    sa.Column("person", sa.String(80)),  #: or asked at run time
    sa.Column("person_name", sa.String(80)),
    sa.Column("asked_by", sa.String(80), nullable=False),
    sa.Column("asked_by_name", sa.String(80), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("note", Veiled("task_signature.note"), nullable=False),
    sa.Column("opinion", Veiled("task_signature.opinion")),
    sa.Column("agrees", sa.Boolean),
    sa.Column("signed_by", sa.String(80)),
    sa.Column("signed_by_name", sa.String(80)),
    sa.Column("signed_at", Instant),
    sa.Column("removed_at", Instant),
    sa.Column("removed_by_name", sa.String(80)),
    sa.Index("ix_task_signature_task_id", "task_id"),
    sa.Index("ix_task_signature_person", "person", "asked_at"),
)

INSERT = insert(task_signature)

#: Those that count, in their order.
OF_TASK = Prepared(
    sa.select(task_signature)
    .where(task_signature.c.task_id == sa.bindparam("of_task"), task_signature.c.removed_at.is_(None))
    .order_by(task_signature.c.position, task_signature.c.id)
)

SIGN = Prepared(
    sa.update(task_signature)
    .where(task_signature.c.id == sa.bindparam("signature_id"), task_signature.c.signed_at.is_(None))
    .values(
        opinion=sa.bindparam("new_opinion"),
        agrees=sa.bindparam("new_agrees"),
        signed_by=sa.bindparam("new_signed_by"),
        signed_by_name=sa.bindparam("new_signed_by_name"),
        signed_at=sa.bindparam("new_signed_at"),
    )
)

REMOVE = Prepared(
    sa.update(task_signature)
    .where(task_signature.c.id == sa.bindparam("signature_id"))
    .values(removed_at=sa.bindparam("new_removed_at"), removed_by_name=sa.bindparam("new_removed_by_name"))
)

#: Opinions that were asked of one person are asked of another.
GIVE = (
    sa.update(task_signature)
    .where(
        task_signature.c.person == sa.bindparam("of_person"),
        task_signature.c.signed_at.is_(None),
        task_signature.c.removed_at.is_(None),
    )
    .values(person=sa.bindparam("to_person"), person_name=sa.bindparam("to_name"))
)


def asked(
    *,
    task_id: str,
    instance_id: str,
    position: int,
    asked_by: Actor,
    now: datetime,
    role: str | None = None,
    person: Actor | None = None,
    note: str | Hidden = "",
) -> dict[str, Any]:
    """The parameters of `INSERT` for an opinion that is asked for: of a role, or of a person."""
    return {
        "id": new_id(now),
        "task_id": task_id,
        "instance_id": instance_id,
        "position": position,
        "role": role,
        "person": person.id if person else None,
        "person_name": person.name if person else None,
        "asked_by": asked_by.id,
        "asked_by_name": asked_by.name,
        "asked_at": now,
        "note": note,
        **dict.fromkeys(("opinion", "agrees", "signed_by", "signed_by_name", "signed_at")),
        **dict.fromkeys(("removed_at", "removed_by_name")),
    }


def asks(actor: Actor, place: str, row: Any) -> bool:
    """Whether this opinion, of a task at this place, is asked of the actor."""
    if row.person:
        return bool(row.person == actor.id)
    return allowed(actor, Permission.TASK_WORK, Target(role=row.role, place=place))
