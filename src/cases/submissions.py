"""What was filled in on the forms of a case, for whatever tells it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.store.instance import instance
from engine.store.session import Session
from engine.store.submission import submission


def latest_submissions(session: Session, case_id: str, *forms: str) -> Mapping[str, Mapping[str, Any]]:
    """The latest submission of each of these forms, by form; a form that nobody has filled in is not among them."""
    rows = session.execute(
        select(submission.c.form, submission.c.fields)
        .join(instance, instance.c.id == submission.c.instance_id)
        .where(instance.c.case_id == case_id, submission.c.form.in_(forms))
        .order_by(submission.c.at)
    )
    return {row.form: row.fields for row in rows}
