"""Meetings 会商专题会 and what they, or a process, give somebody to do (domain.md P_I, part 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    insert,
    or_,
    select,
    update,
)

from cases.case_files import case_file
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

#: What became of an item that nobody has to do any more.
TAKEN_BACK = "已收回"

#: Kinds of cases whose diagram holds a task for each of their items; any other item is a case of its own (`item`).
HANDED_OUT = frozenset({"council", "supervision", "major"})


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
) -> int:
    """Give a department something to do; returns the item's number. The same `origin` twice enters one row."""
    if origin is not None:
        known = session.scalar(select(action_item.c.id).where(action_item.c.origin == origin))
        if known is not None:
            return int(known)
    entered = session.execute(
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
    assert entered.inserted_primary_key is not None
    return int(entered.inserted_primary_key[0])


def finish_item(session: Session, origin: str, *, result: str) -> None:
    """Enter what became of the item of this origin."""
    session.execute(update(action_item).where(action_item.c.origin == origin).values(result=result))


def finish_numbered(session: Session, item_no: int, *, result: str) -> None:
    """Enter what became of the item of this number."""
    session.execute(update(action_item).where(action_item.c.id == item_no).values(result=result))


def take_back(session: Session, case_id: str, *, kind: str) -> None:
    """Nobody has to do the case's open items of this kind any more."""
    open_ones = (action_item.c.case_id == case_id, action_item.c.kind == kind, action_item.c.result.is_(None))
    session.execute(update(action_item).where(*open_ones).values(result=TAKEN_BACK))


def find_open(session: Session, item_no: int) -> RowMapping | None:
    """The item of this number, while nothing came of it yet and no diagram holds a task for it."""
    query = select(action_item).join(case_file, case_file.c.id == action_item.c.case_id)
    open_one = query.where(action_item.c.id == item_no, action_item.c.result.is_(None))
    return session.execute(open_one.where(case_file.c.kind.not_in(HANDED_OUT))).mappings().first()


def case_of(session: Session, item_no: int | None) -> str | None:
    """The case that gave the item of this number; None where there is no such item."""
    return session.scalar(select(action_item.c.case_id).where(action_item.c.id == item_no)) if item_no else None


def waiting_items(session: Session, *, since: datetime) -> Sequence[int]:
    """The numbers of the items that nobody has a task for: those given since this instant, and older ones of cases that
    still run. The oldest first."""
    rows = session.execute(
        select(action_item.c.id)
        .join(case_file, case_file.c.id == action_item.c.case_id)
        .where(
            action_item.c.result.is_(None),
            case_file.c.kind.not_in(HANDED_OUT),
            or_(action_item.c.created_at >= since, case_file.c.closed_at.is_(None)),
        )
        .order_by(action_item.c.id)
    )
    return [number for (number,) in rows]


def items_of(session: Session, case_id: str) -> Sequence[Mapping[str, Any]]:
    """All items of the case, oldest first."""
    rows = session.execute(select(action_item).where(action_item.c.case_id == case_id).order_by(action_item.c.id))
    return [dict(row) for row in rows.mappings()]
