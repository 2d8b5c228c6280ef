"""Works one job: fires a timer, calls a service, delivers a message. The job's row says which.

A message names a job and promises nothing: `run_job` re-reads the row, and a message that comes twice, late, or for a
job that another worker holds finds nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import Celery

from engine.commands.run_job import run_job
from engine.errors import EngineError
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

TASK = "tasks.run_job"


def survive(what: str, action: Callable[[], object]) -> None:
    """The one boundary of the background processes: whatever `action` meets is written down, and life goes on. The rows
    tell what is left to do, and a lease that runs out brings a job back."""
    try:
        action()
    except EngineError as refused:
        log.warning("%s: %s: %s", what, type(refused).__name__, refused)
    except Exception:
        log.exception("%s met a surprise", what)


def work_one(workshop: Workshop, job_id: str) -> None:
    """Work this job if it still wants to be worked. Never raises."""
    survive(
        f"job {job_id}",
        lambda: run_job(workshop.database, workshop.env, job_id, clock=workshop.clock, worker=workshop.name),
    )


def register(app: Celery, workshop: Workshop) -> None:
    """Make the work a task of this application."""

    @app.task(name=TASK)
    def run(job_id: str) -> None:
        work_one(workshop, job_id)
