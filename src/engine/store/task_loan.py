"""Tasks that somebody does for another until a day. A task is lent once at a time; lending it anew replaces the loan,
and it still goes back to whom it was first taken from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.session import Session

task_loan = sa.Table(
    "task_loan",
    metadata,
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("to_user", sa.String(80), nullable=False),
    sa.Column("back_to", sa.String(80)),  #: None: back to all of the post
    sa.Column("back_to_name", sa.String(80)),
    sa.Column("until", Instant, nullable=False, index=True),
)


def lend(
    session: Session,
    task_id: str,
    *,
    to_user: str,
    back_to: str | None,
    back_to_name: str | None,
    until: datetime,
) -> None:
    """Note the loan of a task whose instance is locked."""
    before = session.execute(sa.select(task_loan).where(task_loan.c.task_id == task_id)).first()
    if before is not None and before.to_user == back_to:
        back_to, back_to_name = before.back_to, before.back_to_name
    end(session, task_id)
    values = {"to_user": to_user, "back_to": back_to, "back_to_name": back_to_name, "until": until}
    session.execute(sa.insert(task_loan).values(task_id=task_id, **values))


def end(session: Session, task_id: str) -> None:
    """Forget the loan."""
    session.execute(sa.delete(task_loan).where(task_loan.c.task_id == task_id))
