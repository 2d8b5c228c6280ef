"""Meetings 会商专题会 and what they, or a process, give somebody to do (domain.md P_I, part 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, RowMapping, String, Table, insert, select, update

from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

meeting = Table(
    "meeting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("meeting_type", String(12), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("invited", Json, nullable=False),
    Column("meets_at", Instant, nullable=True),
    Column("met_on", Date, nullable=True),
    Column("attendees", Json, nullable=False),
    Column("conclusion", String(8000), nullable=True),
    Column("case_outcome", String(20), nullable=True),
    Column("signed_by", String(40), nullable=True),
    Column("signed_at", Instant, nullable=True),
    Column("is_urgent", Boolean, nullable=False),
)

action_item = Table(
    "action_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("item_text", String(800), nullable=False),
    Column("dept", String(12), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("measure", String(400), nullable=True),
    Column("result", String(20), nullable=True),
    Column("origin", String(80), nullable=True, unique=True),
    Column("created_at", Instant, nullable=False),
)


def propose(session: Session, case_id: str, **values: object) -> None:
    """Enter a meeting that somebody proposed; one that was sent back is proposed anew in its row."""
    known = current(session, case_id)
    if known is not None and known["meets_at"] is None:
        change(session, case_id, **values)
    else:
        session.execute(insert(meeting).values(case_id=case_id, attendees=[], **values))


def current(session: Session, case_id: str) -> RowMapping | None:
    """The case's newest meeting."""
    query = select(meeting).where(meeting.c.case_id == case_id).order_by(meeting.c.id.desc())
    return session.execute(query).mappings().first()


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the case's newest meeting."""
    row = current(session, case_id)
    if row is not None:
        session.execute(update(meeting).where(meeting.c.id == row["id"]).values(**values))


def add_item(
    session: Session,
    case_id: str,
    *,
    kind: str,
    item_text: str,
    dept: str,
    due_on: date,
    now: datetime,
    measure: str | None = None,
    origin: str | None = None,
) -> None:
    """Give a department something to do. The same `origin` twice enters one row."""
    if origin is not None and session.execute(select(action_item.c.id).where(action_item.c.origin == origin)).first():
        return
    session.execute(
        insert(action_item).values(
            case_id=case_id,
            kind=kind,
            item_text=item_text,
            dept=dept,
            due_on=due_on,
            measure=measure,
            origin=origin,
            created_at=now,
        )
    )


def finish_item(session: Session, origin: str, *, result: str) -> None:
    """Enter what became of the item of this origin."""
    session.execute(update(action_item).where(action_item.c.origin == origin).values(result=result))


def items_of(session: Session, case_id: str) -> Sequence[Mapping[str, Any]]:
    """All items of the case, oldest first."""
    rows = session.execute(select(action_item).where(action_item.c.case_id == case_id).order_by(action_item.c.id))
    return [dict(row) for row in rows.mappings()]
