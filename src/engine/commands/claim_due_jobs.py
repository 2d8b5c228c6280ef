"""A pump takes due jobs, to hand them out."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.store import job
from engine.store.session import Session


def claim_due_jobs(
    session: Session,
    *,
    worker: str,
    now: datetime,
    wall_now: datetime,
    limit: int = 100,
    lease: timedelta = timedelta(seconds=30),
    queue: str | None = None,
) -> tuple[str, ...]:
    """Take up to `limit` jobs that are due at `now` (the county's time), the longest due first; returns their ids.

    They are handed out until `wall_now + lease` (real time): one whose message got lost comes back after that. Jobs
    whose worker fell silent are taken too. Other pumps skip what this one holds until the commit.
    """
    wanted = job.CLAIMABLE.limit(limit)
    if queue is not None:
        wanted = wanted.where(job.job.c.queue == queue)
    ids = [row.id for row in session.execute(wanted, {"now": now, "wall_now": wall_now})]
    session.write(
        job.HAND_OUT,
        [{"job_id": each, "new_worker": worker, "new_lease_until": wall_now + lease} for each in ids],
    )
    return tuple(ids)
