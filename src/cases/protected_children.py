"""The child behind a protection case: found, flagged against publication, and released again (domain.md 4.0, M1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update

from cases import children
from cases.case_files import case_file
from cases.roles import PROTECTION_KINDS
from engine.store.session import Session


def child_of(session: Session, case_id: str) -> str | None:
    """The child's file that the case is about; None while nobody knows who the child is."""
    return session.execute(select(case_file.c.child_id).where(case_file.c.id == case_id)).scalar_one_or_none()


def identify(session: Session, case_id: str, idcard: str | None) -> str | None:
    """Bind the case to the file with this id number, if there is one, and return the child's id.

    No file is opened here: a new one in the village's list would tell that something happened to this child.
    """
    known = children.find_by_idcard(session, idcard.upper()) if idcard else None
    if known is None:
        return child_of(session, case_id)
    session.execute(update(case_file).where(case_file.c.id == case_id).values(child_id=known["id"]))
    return str(known["id"])


def flag(session: Session, child_id: str, *, at_risk: bool, now: datetime) -> tuple[str, ...]:
    """Set or clear `no_publicity` of the child and of its open ordinary cases; returns these cases' ids."""
    mine = (
        case_file.c.child_id == child_id,
        case_file.c.closed_at.is_(None),
        case_file.c.kind.not_in(PROTECTION_KINDS),
    )
    ids = tuple(session.execute(select(case_file.c.id).where(*mine).order_by(case_file.c.id)).scalars())
    session.execute(
        update(case_file).where(*mine).values(no_publicity=at_risk, version=case_file.c.version + 1),
    )
    children.change(session, child_id, now=now, no_publicity=at_risk)
    return ids


def is_protected_elsewhere(session: Session, child_id: str, case_id: str) -> bool:
    """Whether another open protection case keeps the child from being published."""
    other = exists().where(
        case_file.c.child_id == child_id,
        case_file.c.id != case_id,
        case_file.c.closed_at.is_(None),
        case_file.c.kind.in_(PROTECTION_KINDS),
    )
    return bool(session.scalar(select(other)))
