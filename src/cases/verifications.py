"""What the township found: comparisons with other bodies' data, and the visit with its opinion (domain.md P_B 7-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, RowMapping, String, Table, insert, select

from engine.store.base import Instant, Tagged, metadata
from engine.store.session import Session

match_row = Table(
    "match_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("source", String(12), nullable=False),
    Column("item", String(60), nullable=False),
    Column("value", String(200), nullable=False),
    Column("matched", Boolean, nullable=True),
    Column("at", Instant, nullable=False),
)

verification = Table(
    "verification",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("found", Tagged, nullable=False),
    Column("opinion", String(20), nullable=False),
    Column("reason", String(2000), nullable=False, server_default=""),
    Column("by_id", String(40), nullable=False),
    Column("by_name", String(60), nullable=False),
    Column("at", Instant, nullable=False),
)

#: What is compared, and with whose data: (department, item).
COMPARED_ITEMS: tuple[tuple[str, str], ...] = (
    ("GAJ", "户籍与死亡信息"),
    ("CL", "残疾人证信息"),
    ("MZJ", "低保、特困、婚姻、收养信息"),
    ("JKT", "学籍信息"),
    ("RSJ", "参保信息"),
)
NO_INTERFACE = "尚无接口,请人工核对"


def matches(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The rows of the comparison."""
    rows = session.execute(select(match_row).where(match_row.c.case_id == case_id).order_by(match_row.c.id))
    return tuple(rows.mappings())


def note_match(
    session: Session, case_id: str, *, source: str, item: str, value: str, matched: bool | None, now: datetime
) -> None:
    """Enter one line of the comparison; `matched` None: nobody could say."""
    session.execute(
        insert(match_row).values(case_id=case_id, source=source, item=item, value=value, matched=matched, at=now)
    )


def note_verification(
    session: Session,
    case_id: str,
    *,
    kind: str,
    found: Mapping[str, Any],
    opinion: str,
    reason: str,
    by_id: str,
    by_name: str,
    now: datetime,
) -> None:
    """Enter a visit or substitute verification; an earlier one stays in the record."""
    session.execute(
        insert(verification).values(
            case_id=case_id,
            kind=kind,
            found=dict(found),
            opinion=opinion,
            reason=reason,
            by_id=by_id,
            by_name=by_name,
            at=now,
        )
    )


def latest(session: Session, case_id: str) -> RowMapping | None:
    """The verification that stands now."""
    return (
        session.execute(
            select(verification).where(verification.c.case_id == case_id).order_by(verification.c.id.desc()).limit(1)
        )
        .mappings()
        .first()
    )
