"""Delivers what the public filed, at every ring of the pump and before it looks for jobs: a report never waits."""

from __future__ import annotations

import logging

from cases import intake
from engine.errors import EngineError
from tasks.workshop import Workshop

log = logging.getLogger(__name__)


def deliver(workshop: Workshop) -> int:
    """Deliver what waits, a transaction each, so that one that cannot be delivered holds up no other; returns how many
    were. Two workers at once: one delivers, the other finds nothing."""
    now, delivered = workshop.clock.now(), 0
    with workshop.database.reading() as session:
        ids = intake.waiting(session)
    for intake_id in ids:
        try:
            with workshop.database.transaction() as session:
                delivered += intake.deliver(session, workshop.env, intake_id, now=now)
        except EngineError:
            log.exception("intake %s cannot be delivered yet", intake_id)
    return delivered


def note_ended(workshop: Workshop) -> int:
    """Tell filers of what has ended; returns how many filings that were."""
    now = workshop.clock.now()
    with workshop.database.transaction() as session:
        return intake.note_ended(session, now=now)
