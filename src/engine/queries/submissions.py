"""What people filled in for one instance. Case data: only for pages that asked the domain who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.session import Session
from engine.store.submission import submission
from engine.store.user_task import user_task


@dataclass(frozen=True, kw_only=True)
class SubmissionRow:
    """One submitted form."""

    task_id: str | None  #: None: the start form
    element_id: str | None
    department: str | None
    element_process: str | None  #: the (called) process whose form it is; None: the start form's
    version_id: str
    form: str | None
    fields: Mapping[str, Any]
    actor_id: str
    at: datetime


_READ = (
    sa.select(
        submission.c.task_id,
        submission.c.element_id,
        user_task.c.department,
        user_task.c.element_process,
        submission.c.version_id,
        submission.c.form,
        submission.c.fields,
        submission.c.actor_id,
        submission.c.at,
    )
    .select_from(submission.outerjoin(user_task, user_task.c.id == submission.c.task_id))
    .where(submission.c.instance_id == sa.bindparam("instance_id"))
    .order_by(submission.c.at)
)


def submissions(session: Session, instance_id: str) -> tuple[SubmissionRow, ...]:
    """The instance's submissions, the first one first."""
    return tuple(SubmissionRow(**row._asdict()) for row in session.execute(_READ, {"instance_id": instance_id}))
