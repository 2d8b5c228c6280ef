"""Finds work that has come due and hands it out, by id.

`claim_due_jobs` takes rows with a short lease, so that two pumps never hand out the same one, and a row whose message
got lost comes back by itself.
"""

from __future__ import annotations

from datetime import timedelta

from celery import Celery

from engine.commands.claim_due_jobs import claim_due_jobs
from tasks import intake
from tasks.configuration import QUEUE, URGENT_QUEUE
from tasks.work import survive, work_one
from tasks.workshop import Workshop

#: The tasks, by name: whoever sends them need not have their code.
PUMP = "tasks.pump"
WORK = "tasks.run_job"
#: How many rows one look takes; a full look is followed by another one at once.
BATCH = 100
#: How long a handed-out job may wait for a worker before it is handed out again.
HANDOUT = timedelta(seconds=30)
#: Work that is so late was not handed out: the broker is gone, or every worker is busy.
LATE = timedelta(seconds=20)


def claim(
    workshop: Workshop, *, late: timedelta = timedelta(0), limit: int = BATCH, queue: str | None = None
) -> list[str]:
    """Take due jobs (due at least `late` ago; of one queue or of all) and return their ids."""
    now, wall_now = workshop.clock.now() - late, workshop.wall.now()
    with workshop.database.transaction() as session:
        ids = claim_due_jobs(
            session, worker=workshop.name, now=now, wall_now=wall_now, limit=limit, lease=HANDOUT, queue=queue
        )
        return list(ids)


def pump(workshop: Workshop, app: Celery) -> int:
    """Hand out everything that is due now, the urgent first; returns how much that was."""
    handed_out = 0
    while True:
        handed_out += hand_out(workshop, app, URGENT_QUEUE, only=URGENT_QUEUE)
        ordinary = hand_out(workshop, app, QUEUE)
        handed_out += ordinary
        if ordinary < BATCH:
            return handed_out


def hand_out(workshop: Workshop, app: Celery, to: str, *, only: str | None = None) -> int:
    """Hand out a batch of the due jobs (`only` those of one queue of the job table) to one of the broker's queues."""
    ids = claim(workshop, queue=only)
    for job_id in ids:
        app.send_task(WORK, args=(job_id,), queue=to, retry=False)
    return len(ids)


def work_late_jobs(workshop: Workshop) -> int:
    """Work in this very process what should have been handed out some time ago: how the system goes on without its
    broker. Returns how much that was."""
    ids = claim(workshop, late=LATE, limit=10)
    for job_id in ids:
        work_one(workshop, job_id)
    return len(ids)


def register(app: Celery, workshop: Workshop) -> None:
    """Make the pump and the work tasks of this application."""

    @app.task(name=PUMP, acks_late=False)
    def ring() -> None:
        survive("intake", lambda: intake.deliver(workshop))
        survive("pump", lambda: pump(workshop, app))

    @app.task(name=WORK)
    def run(job_id: str) -> None:
        # What was worked may have made more work that is due at once: it is not left to the next ring.
        if work_one(workshop, job_id):
            survive("pump", lambda: pump(workshop, app))
