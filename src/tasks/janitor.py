"""Tidies once a minute, and looks for what should not be: cases that went quiet, and work that is late.

Jobs of dead workers need no tidying: a lease that has run out is claimed like any other due job.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import Celery

from cases import break_glass, retention, sessions
from engine.access import Actor
from engine.commands.end_loans import end_loans
from engine.queries.health import health
from engine.queries.stuck import stuck
from engine.store import task_draft
from tasks import audit_chain, intake
from tasks.work import survive
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

JANITOR = "tasks.janitor"
JANITOR_ACTOR = Actor.system("janitor")
#: So long a draft can be read and copied after somebody else closed its task.
DRAFTS_STAY = timedelta(days=30)
#: A job that waits longer than this past its due date means too few workers, or none.
TOO_LATE = timedelta(seconds=60)


def forget_old_sessions(workshop: Workshop) -> None:
    """Remove log-ins that have ended."""
    with workshop.database.transaction() as session:
        gone = sessions.sweep(session, now=workshop.wall.now())
    if gone:
        log.info("removed %d ended log-ins", gone)


def forget_old_drafts(workshop: Workshop) -> None:
    """Remove what was typed into forms of tasks that were closed long ago."""
    with workshop.database.transaction() as session:
        gone = task_draft.sweep(session, closed_before=workshop.clock.now() - DRAFTS_STAY)
    if gone:
        log.info("removed %d drafts of closed tasks", gone)


def report_what_should_not_be(workshop: Workshop) -> None:
    """Write down every running case that nothing will ever move, and work that waits too long."""
    now = workshop.clock.now()
    with workshop.database.reading() as session:
        quiet = stuck(session, actor=JANITOR_ACTOR)
        found = health(session, now)
    for each in quiet:
        log.error("instance %s of %s went quiet at %s", each.id, each.process_key, each.tokens)
    if found.longest_delay > TOO_LATE:
        log.error("%d jobs are due, the oldest for %s", found.due_jobs, found.longest_delay)


def keep_the_audit(workshop: Workshop) -> None:
    """Link what was written since the last round; once a night hold the chain against what was noted outside."""
    now = workshop.wall.now()
    audit_chain.link_rows(workshop.database, now=now)
    if workshop.folder is not None:
        audit_chain.verify_nightly(workshop.database, workshop.folder, now=now)


def give_lent_tasks_back(workshop: Workshop) -> None:
    """A task that was lent until now goes back."""
    with workshop.database.transaction() as session:
        end_loans(session, actor=JANITOR_ACTOR, now=workshop.clock.now())


def look_after_sealed_files(workshop: Workshop) -> None:
    """Press for reviews of emergency looks into sealed files that are late."""
    with workshop.database.transaction() as session:
        break_glass.press_for_reviews(session, actor=JANITOR_ACTOR, now=workshop.clock.now())


def file_away(workshop: Workshop) -> None:
    """Put files into the archive whose time of reading is over."""
    with workshop.database.transaction() as session:
        retention.file_away(session, actor=JANITOR_ACTOR, now=workshop.clock.now())


def tidy(workshop: Workshop) -> None:
    """One round. Every part is a transaction of its own, so that one part's trouble leaves the others done."""
    survive("forgetting old sessions", lambda: forget_old_sessions(workshop))
    survive("forgetting old drafts", lambda: forget_old_drafts(workshop))
    survive("telling filers what has ended", lambda: intake.note_ended(workshop))
    survive("keeping the audit", lambda: keep_the_audit(workshop))
    survive("giving lent tasks back", lambda: give_lent_tasks_back(workshop))
    survive("pressing for reviews", lambda: look_after_sealed_files(workshop))
    survive("filing away", lambda: file_away(workshop))
    survive("looking for quiet cases", lambda: report_what_should_not_be(workshop))


def register(app: Celery, workshop: Workshop) -> None:
    """Make the janitor a task of this application."""

    @app.task(name=JANITOR, acks_late=False)
    def janitor() -> None:
        tidy(workshop)
