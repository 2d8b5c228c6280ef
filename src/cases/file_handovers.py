"""档案移交: where a child's file goes when its registered residence moves away (domain.md 1.5), to whom it was sent and
what the receiver answered. A file that came back is sent again: each attempt is a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Integer, RowMapping, String, Table, insert, select, update

from cases.veils import veil
from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import Veiled

file_handover = Table(
    "file_handover",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("receiver_area", Veiled("file_handover.receiver_area"), nullable=False),  #: province, county, township
    Column("receiver", Veiled("file_handover.receiver"), nullable=False),
    Column("contact", Veiled("file_handover.contact"), nullable=True),
    Column("note", Veiled("file_handover.note"), nullable=False, server_default=""),
    Column("sent_on", Date, nullable=True),
    Column("sent_by", String(12), nullable=True),
    Column("tracking_no", Veiled("file_handover.tracking_no"), nullable=True),
    Column("outcome", String(8), nullable=True),  #: as the form lists them; None: no answer yet
    Column("answered_on", Date, nullable=True),
    Column("received_by", Veiled("file_handover.received_by"), nullable=True),
    Column("return_reason", Veiled("file_handover.return_reason"), nullable=True),
    Column("opened_at", Instant, nullable=False),
)


def enter(session: Session, case_id: str, child_id: str, *, now: datetime, **told: Any) -> None:
    """Enter to whom the file goes."""
    values = veil(session, file_handover, told, case_id=case_id)
    session.execute(insert(file_handover).values(case_id=case_id, child_id=child_id, opened_at=now, **values))


def latest(session: Session, case_id: str) -> RowMapping | None:
    """The case's last attempt; None: its file goes nowhere."""
    query = select(file_handover).where(file_handover.c.case_id == case_id).order_by(file_handover.c.id.desc())
    return session.execute(query.limit(1)).mappings().first()


def find(session: Session, case_id: str) -> RowMapping:
    """The case's last attempt.

    :raises NotFound: its file goes nowhere.
    """
    row = latest(session, case_id)
    if row is None:
        raise NotFound(f"办件 {case_id} 没有档案移交")
    return row


def change(session: Session, case_id: str, **told: Any) -> None:
    """Set columns of the case's last attempt.

    :raises NotFound: its file goes nowhere.
    """
    values = veil(session, file_handover, told, case_id=case_id)
    row = find(session, case_id)
    session.execute(update(file_handover).where(file_handover.c.id == row["id"]).values(**values))
