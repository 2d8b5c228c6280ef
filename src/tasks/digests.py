"""Sends the daily digest. A ring that comes twice, or late, finds the day done; one that was lost is followed by the
next a few minutes later."""

from __future__ import annotations

import logging

from celery import Celery

from cases import outbox
from cases.digests import send_digests
from tasks.work import survive
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

DIGESTS = "tasks.digests"


def send_today(workshop: Workshop) -> int:
    """Today's digests, if they are due and not sent; returns how many messages are new."""
    posted = send_digests(
        workshop.database,
        calendar=workshop.env.calendar,
        now=workshop.clock.now(),
        offered=outbox.offered(workshop.env.settings),
    )
    if posted:
        log.info("posted %d messages of the daily digest", posted)
    return posted


def register(app: Celery, workshop: Workshop) -> None:
    """Make the round a task of this application."""

    @app.task(name=DIGESTS, acks_late=False)
    def digests() -> None:
        survive("digests", lambda: send_today(workshop))
