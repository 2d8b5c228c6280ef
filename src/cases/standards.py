"""Changes of the county's standards 保障标准: proposed, signed, in force from a month on (M15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Numeric,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from cases.benefits import benefit_standard
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

standard_change = Table(
    "standard_change",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("key", String(40), nullable=False),
    Column("former", Numeric(12, 2), nullable=True),
    Column("monthly_amount", Numeric(12, 2), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("doc_no", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decision", String(8), nullable=True),
    Column("signed_by", Json, nullable=False),
    Column("entered_at", Instant, nullable=True),
)

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "STD_ORPHAN_SCATTERED": "散居孤儿基本生活费",
        "STD_ORPHAN_INST": "机构养育孤儿基本生活费",
        "STD_TEKUN": "特困人员救助供养",
        "STD_DIBAO": "最低生活保障",
        "STD_DIBAO_CLASSIFIED": "最低生活保障(分类施保)",
    }
)


def propose(session: Session, case_id: str, **values: object) -> None:
    """Enter what is proposed."""
    session.execute(insert(standard_change).values(case_id=case_id, signed_by=[], **values))


def find(session: Session, case_id: str) -> RowMapping:
    """The change of a case.

    :raises NotFound: the case changes no standard.
    """
    row = session.execute(select(standard_change).where(standard_change.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是标准调整")
    return row


def open_change_of(session: Session, key: str, valid_from: date) -> bool:
    """Whether the same standard is being changed from the same day, undecided."""
    query = select(standard_change.c.case_id).where(
        standard_change.c.key == key,
        standard_change.c.valid_from == valid_from,
        standard_change.c.entered_at.is_(None),
        standard_change.c.decision.is_distinct_from("不同意"),
    )
    return session.execute(query.limit(1)).first() is not None


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the change."""
    session.execute(update(standard_change).where(standard_change.c.case_id == case_id).values(**values))


def enter(session: Session, case_id: str, *, now: datetime) -> None:
    """Put the standard in force; one of the same day gives way to it."""
    row = find(session, case_id)
    session.execute(
        delete(benefit_standard).where(
            benefit_standard.c.key == row["key"], benefit_standard.c.valid_from == row["valid_from"]
        )
    )
    session.execute(
        insert(benefit_standard).values(
            key=row["key"],
            valid_from=row["valid_from"],
            monthly_amount=row["monthly_amount"],
            doc_no=row["doc_no"],
        )
    )
    change(session, case_id, entered_at=now)
