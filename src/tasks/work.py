"""Works one job: fires a timer, calls a service, delivers a message. The job's row says which.

A message names a job and promises nothing: `run_job` re-reads the row, and a message that comes twice, late, or for a
job that another worker holds finds nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from engine.commands.run_job import run_job
from engine.errors import EngineError
from tasks.workshop import Workshop

log = logging.getLogger(__name__)
T = TypeVar("T")


def survive(what: str, action: Callable[[], T]) -> T | None:
    """The one boundary of the background processes: whatever `action` meets is written down, and life goes on. The rows
    tell what is left to do, and a lease that runs out brings a job back."""
    try:
        return action()
    except EngineError as refused:
        log.warning("%s: %s: %s", what, type(refused).__name__, refused)
    except Exception:
        log.exception("%s met a surprise", what)
    return None


def work_one(workshop: Workshop, job_id: str) -> bool:
    """Work this job if it still wants to be worked; whether there was anything to do. Never raises."""

    def work() -> bool:
        return run_job(workshop.database, workshop.env, job_id, clock=workshop.clock, worker=workshop.name)

    return bool(survive(f"job {job_id}", work))
