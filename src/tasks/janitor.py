"""Tidies once a minute: leases of dead workers, old sessions and answers, and a look for cases gone quiet."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import Celery

from tasks.work import survive
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

TASK = "tasks.janitor"
#: A repeated request within this time gets its first answer again (idempotency keys).
KEEP_ANSWERS = timedelta(days=7)


def tidy(workshop: Workshop) -> None:
    """One round. Every part is a transaction of its own, so that one part's trouble leaves the others done."""


def register(app: Celery, workshop: Workshop) -> None:
    """Make the janitor a task of this application."""

    @app.task(name=TASK, acks_late=False)
    def janitor() -> None:
        survive("janitor", lambda: tidy(workshop))
