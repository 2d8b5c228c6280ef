"""Sends the reminders that have come due, once a minute, and every few seconds what leaves the house. What is due
stands in the rows: a ring that was lost, or came twice, sends nothing twice and forgets nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import Celery

from cases import outbox
from cases.duty_gaps import warn_of_gaps
from cases.reminding import anything_due, remind
from tasks.pump import LATE
from tasks.schedule import REMINDER_SECONDS
from tasks.work import survive
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

REMINDERS = "tasks.reminders"
OUTBOX = "tasks.outbox"
ALARMS = "tasks.alarms"


def send_due(workshop: Workshop) -> int:
    """One round of reminders; returns how many tasks were looked at."""
    looked_at = remind(
        workshop.database,
        calendar=workshop.env.calendar,
        now=workshop.clock.now(),
        offered=outbox.offered(workshop.env.settings),
    )
    if looked_at:
        log.info("looked at %d open tasks for reminders", looked_at)
    return looked_at


def warn_of_empty_desks(workshop: Workshop) -> int:
    """Tell the offices in charge of gaps in their rosters; returns how many messages are new."""
    offered = outbox.offered(workshop.env.settings)
    with workshop.database.transaction() as session:
        warned = warn_of_gaps(session, now=workshop.clock.now(), offered=offered)
    if warned:
        log.warning("posted %d warnings that a desk is or will be without anybody on duty", warned)
    return warned


def send_out(workshop: Workshop, *, urgent: bool = False) -> outbox.Sent:
    """One round of what leaves the house; with `urgent` of emergencies alone."""
    done = outbox.send_due(workshop.database, workshop.env.settings, wall=workshop.wall, urgent=urgent)
    if done.given_up:
        log.error("%d messages could not be sent and were given up; message_out.last_error says why", done.given_up)
    if done.put_off:
        log.warning("%d messages could not be sent and will be tried again", done.put_off)
    return done


def send_late(workshop: Workshop) -> int:
    """Both in this very process, should the rings not have arrived for a while: the broker is gone."""
    long_ago = workshop.clock.now() - LATE - timedelta(seconds=REMINDER_SECONDS)
    with workshop.database.reading() as session:
        late = anything_due(session, long_ago)
    if not late:
        return 0
    looked_at = send_due(workshop)
    send_out(workshop)
    return looked_at


def register(app: Celery, workshop: Workshop) -> None:
    """Make the rounds tasks of this application."""

    @app.task(name=REMINDERS, acks_late=False)
    def reminders() -> None:
        survive("reminders", lambda: send_due(workshop))
        survive("roster", lambda: warn_of_empty_desks(workshop))

    @app.task(name=OUTBOX, acks_late=False)
    def out() -> None:
        survive("messages", lambda: send_out(workshop))

    @app.task(name=ALARMS, acks_late=False)
    def alarms() -> None:
        survive("alarms", lambda: send_out(workshop, urgent=True))
