"""Remedies 救济: what is taken against a decision, and until when it may be (domain.md P_K, DL-36)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, RowMapping, String, Table, select, update

from cases.veils import veil
from engine.calendar import Calendar, Roll
from engine.errors import NotFound
from engine.store.base import metadata
from engine.store.session import Session
from engine.store.veils import Veiled

#: A lawsuit after a review decision (行政诉讼法45), calendar days.
DAYS_AFTER_REVIEW = 15


#: How an appeal ends by which the decision no longer stands, and by which it stands otherwise (P_K).
SET_ASIDE = frozenset({"撤销", "责令重作"})
ALTERED = "变更"


class Remedy(StrEnum):
    """What the applicant does."""

    REVIEW = "行政复议"  #: to the government above
    LAWSUIT = "行政诉讼"  #: to the court
    PETITION = "信访"  #: to any office


appeal = Table(
    "appeal",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, unique=True),
    Column("decision_id", Integer, ForeignKey("decision.id"), nullable=False, index=True),
    Column("remedy", String(12), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("body", String(120), nullable=False),
    Column("claim", Veiled("appeal.claim"), nullable=False),
    Column("defence_due", Date, nullable=False),
    Column("in_time", Boolean, nullable=True),  #: None: the decision was never served, or a petition
    Column("result", String(12), nullable=True),
    Column("result_on", Date, nullable=True),
    Column("result_text", Veiled("appeal.result_text"), nullable=True),
    Column("lawsuit_until", Date, nullable=True),  #: after a review decision
    Column("redo_due", Date, nullable=True),
    Column("redone_on", Date, nullable=True),
    Column("redone_as", String(200), nullable=True),
    Column("redo_as", String(20), nullable=True),  #: the process that a ruling orders anew; None: carried out by hand
    Column("redo_case_id", String(40), nullable=True),  #: the case that it became
)


def find(session: Session, case_id: str) -> RowMapping:
    """The appeal that a case is about.

    :raises NotFound: the case is about none.
    """
    row = session.execute(select(appeal).where(appeal.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是救济登记")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the case's appeal."""
    told = veil(session, appeal, values, case_id=case_id)
    session.execute(update(appeal).where(appeal.c.case_id == case_id).values(**told))


def lawsuit_after_review(calendar: Calendar, served_on: date) -> date:
    """The last day for a lawsuit after a review decision: 15 days from its service, rolled forward (行政诉讼法45)."""
    return calendar.add_calendar_days(served_on, DAYS_AFTER_REVIEW, Roll.FORWARD).end


def fate_of(session: Session, decision_id: int) -> str | None:
    """What became of a decision that was appealed against: 已撤销, 已变更; None: it stands."""
    query = select(appeal.c.result).where(appeal.c.decision_id == decision_id, appeal.c.result.is_not(None))
    results = frozenset(session.execute(query).scalars())
    if results & SET_ASIDE:
        return "已撤销"
    return "已变更" if ALTERED in results else None
