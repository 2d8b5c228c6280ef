"""A child has died (M13): what that ends, and what it begins.

SIG_CHILD_DECEASED carries the child's id. It ends the child's application with all it called (notice, review, delivery)
and its visits, in whatever step they stand; that is no road in their diagrams, since no step of them goes on. An exit
on ground 7 begins for a child that was under protection; its decision marks the file.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select

from cases import children, exits
from cases.case_files import case_file
from cases.children import ChildStatus
from cases.exits import exit_case, exit_fact
from cases.sealed_identity import counterpart
from engine.outcome import InstanceStatus
from engine.store.instance import instance
from engine.store.session import Session

SIGNAL = "SIG_CHILD_DECEASED"
GROUND = "7"
#: What a death makes pointless: the application with what it calls, and visits. Protection cases go on.
ENDED = ("application", "visit")


def files_of(session: Session, child_id: str) -> tuple[str, ...]:
    """The child's file and, if there is one, its sealed or ordinary counterpart."""
    found = children.find_child(session, child_id)
    return tuple(sorted({child_id, *(counterpart(session, found) if found is not None else ())}))


def note(session: Session, child_id: str, *, on: date | None, source: str, now: datetime) -> None:
    """The child died: one under protection leaves it on ground 7, and the agenda opens that exit; the file of another
    says so at once."""
    for each in files_of(session, child_id):
        found = children.find_child(session, each)
        if found is None or found["status"] == ChildStatus.DECEASED:
            continue
        if found["status"] not in exits.COVERED:
            children.change(session, each, now=now, status=ChildStatus.DECEASED)
        elif not _noted(session, each, on):
            exits.note_fact(session, each, ground=GROUND, fact_on=on, source=source, now=now)


def _noted(session: Session, child_id: str, on: date | None) -> bool:
    """Whether the agenda knows this already: police and visitor may both tell it."""
    same = exit_fact.c.child_id == child_id, exit_fact.c.ground == GROUND, exit_fact.c.fact_on == on
    return session.execute(select(exit_fact.c.id).where(*same)).first() is not None


def ended_instances(session: Session, child_id: str) -> tuple[str, ...]:
    """The running instances that the death ends: applications, visits, and exits on another ground."""
    exits_elsewhere = select(exit_case.c.case_id).where(exit_case.c.ground != GROUND)
    query = (
        select(instance.c.id)
        .join(case_file, case_file.c.id == instance.c.case_id)
        .where(
            case_file.c.child_id.in_(files_of(session, child_id)),
            instance.c.status.in_([InstanceStatus.RUNNING, InstanceStatus.SUSPENDED]),
            or_(instance.c.process_key.in_(ENDED), case_file.c.id.in_(exits_elsewhere)),
        )
        .order_by(instance.c.id)
    )
    return tuple(session.execute(query).scalars())
