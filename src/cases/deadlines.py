"""Deadlines 时限 of a case that the law sets, each with its derivation day by day (domain.md 7).

A user task carries its own due date; what stands here is the case's clock behind several tasks: the township's five
working days, the notice, the county's five working days, the applicant's thirty days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, ForeignKey, Integer, RowMapping, String, Table, insert, select, update

from engine.calendar import Derivation, due_at, end_of_day
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session


class DeadlineCode(StrEnum):
    """The deadline's number in domain.md 7."""

    VERIFY = "DL-02"  #: 乡镇核查意见: 5 working days from acceptance
    NOTICE = "DL-03"  #: 公示: 5 working days (7 calendar days), until 24:00
    COUNTY = "DL-04"  #: 县级审批意见: 5 working days from the county's receipt
    SUPPLEMENT = "DL-08"  #: 补正: 30 calendar days, until 24:00
    TEMPORARY = "DL-27"  #: 临时监护: 12 months, decided by the working day before
    VILLAGE_FORWARD = "DL-09"  #: 村转交: 2 working days
    OBJECTION = "DL-13"  #: 异议办理: 5 working days, once 5 more
    REDO = "K-REDO"  #: 重新办理: the day that a ruling set (P_K)


DEADLINE_NAMES: Mapping[str, str] = {
    DeadlineCode.VERIFY: "乡镇核查意见",
    DeadlineCode.NOTICE: "公示",
    DeadlineCode.COUNTY: "县级审批意见",
    DeadlineCode.SUPPLEMENT: "补正材料",
    DeadlineCode.TEMPORARY: "临时监护上限",
    DeadlineCode.VILLAGE_FORWARD: "村(居)转交",
    DeadlineCode.OBJECTION: "异议办理",
    DeadlineCode.REDO: "重新办理",
}

#: These end at midnight, not at closing time (0.4-5).
_UNTIL_MIDNIGHT = frozenset({DeadlineCode.NOTICE, DeadlineCode.SUPPLEMENT})

deadline = Table(
    "deadline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("code", String(8), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("derivation", Json, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("met_at", Instant, nullable=True),
)


def set_deadline(
    session: Session, case_id: str, code: DeadlineCode, derivation: Derivation, *, now: datetime
) -> datetime:
    """Start a clock of the case and return when it is due; one that runs under the same code is replaced."""
    due = _due(code, derivation)
    meet(session, case_id, code, now=now)
    session.execute(
        insert(deadline).values(
            case_id=case_id,
            code=code,
            due_at=due,
            derivation=derivation.as_dict(),
            provisional=derivation.provisional,
            set_at=now,
        )
    )
    return due


def keep_deadline(
    session: Session, case_id: str, code: DeadlineCode, derivation: Derivation, *, now: datetime
) -> datetime:
    """Start a clock as `set_deadline` does, unless one that is due at the same instant runs already."""
    due = _due(code, derivation)
    running = select(deadline.c.due_at).where(
        deadline.c.case_id == case_id, deadline.c.code == code, deadline.c.met_at.is_(None)
    )
    if due in session.execute(running).scalars().all():
        return due
    return set_deadline(session, case_id, code, derivation, now=now)


def _due(code: DeadlineCode, derivation: Derivation) -> datetime:
    return end_of_day(derivation.end) if code in _UNTIL_MIDNIGHT else due_at(derivation.end)


def meet(session: Session, case_id: str, code: DeadlineCode, *, now: datetime) -> None:
    """The clock stops: what it waited for has happened."""
    session.execute(
        update(deadline)
        .where(deadline.c.case_id == case_id, deadline.c.code == code, deadline.c.met_at.is_(None))
        .values(met_at=now)
    )


def meet_all(session: Session, case_id: str, *, now: datetime) -> None:
    """The case ended: no clock of it runs any more."""
    session.execute(
        update(deadline).where(deadline.c.case_id == case_id, deadline.c.met_at.is_(None)).values(met_at=now)
    )


def deadlines_of(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The case's clocks, oldest first, with their derivations for the screen."""
    rows = session.execute(select(deadline).where(deadline.c.case_id == case_id).order_by(deadline.c.id))
    return tuple(rows.mappings())
