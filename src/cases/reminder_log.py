"""Which reminders were sent, to whom, and which were skipped (domain.md 5). A task's rung is logged once, ever."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint, select

from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

reminder_log = Table(
    "reminder_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", String(40), ForeignKey("user_task.id"), nullable=False),
    Column("case_id", String(40), nullable=True, index=True),
    Column("element_id", String(80), nullable=False),
    Column("department", String(40), nullable=True),
    Column("rung", String(2), nullable=False),
    Column("due_at", Instant, nullable=False),  #: of the task
    Column("rung_at", Instant, nullable=False),  #: when the rung was to be sent
    Column("provisional", Boolean, nullable=False),  #: counted over days that are not published yet
    Column("sent_at", Instant, nullable=True),  #: None: skipped, a newer rung was due already
    Column("roles", Json, nullable=False),  #: to whom, by role
    Column("people", Json, nullable=False),  #: to whom, by user id
    Column("unmanned", Json, nullable=False, server_default="[]"),  #: desks without anybody on duty: all were told
    UniqueConstraint("task_id", "rung"),
)


def logged(session: Session, task_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """The rungs that these tasks have in the log already."""
    rows = session.execute(
        select(reminder_log.c.task_id, reminder_log.c.rung).where(reminder_log.c.task_id.in_(list(task_ids)))
    )
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        found[row.task_id] = found.get(row.task_id, frozenset()) | {row.rung}
    return found
