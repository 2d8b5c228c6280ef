"""Opens what the day brings, every few minutes: what is due stands in the rows, so that a lost or doubled ring changes
nothing and an outage is caught up with."""

from __future__ import annotations

import logging

from celery import Celery

from cases import agenda
from engine.errors import EngineError
from tasks.work import survive
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

AGENDA = "tasks.agenda"


def open_day(workshop: Workshop) -> int:
    """One look at the agenda, a transaction per occasion, so that one that cannot be opened holds up no other; returns
    how many instances were started."""
    now, opened = workshop.clock.now(), 0
    for stage in agenda.STAGES:
        with workshop.database.reading() as session:
            due = stage(session, workshop.env, now)[: agenda.MOST]
        for occasion in due:
            try:
                with workshop.database.transaction() as session:
                    opened += agenda.open_one(session, workshop.env, occasion, now, agenda.AGENDA)
            except EngineError:
                log.exception("the agenda could not open %s %s", occasion.name, occasion.slot)
    if opened:
        log.info("opened %d instances that had come due", opened)
    return opened


def register(app: Celery, workshop: Workshop) -> None:
    """Make the agenda's task of this application."""

    @app.task(name=AGENDA, acks_late=False)
    def day() -> None:
        survive("agenda", lambda: open_day(workshop))
