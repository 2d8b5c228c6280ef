"""The engine's tables and the only code that writes them. One table per file; `outcomes.apply` is the only writer of an
instance's state; `session` holds the only commit."""

from engine.store import (
    audit,
    demo_clock,
    history,
    incident,
    instance,
    job,
    message_wait,
    process_version,
    signature,
    submission,
    task_copy,
    task_draft,
    task_opening,
    task_remark,
    user_task,
)
from engine.store.base import metadata
from engine.store.migrating import migrate
from engine.store.session import ConnectionLost, Database, Session, batched

__all__ = [
    "ConnectionLost",
    "Database",
    "Session",
    "audit",
    "batched",
    "demo_clock",
    "history",
    "incident",
    "instance",
    "job",
    "message_wait",
    "metadata",
    "migrate",
    "process_version",
    "signature",
    "submission",
    "task_copy",
    "task_draft",
    "task_opening",
    "task_remark",
    "user_task",
]
