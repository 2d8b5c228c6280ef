"""Benefits 保障待遇: what the child gets, by which department, from which month; and the county's standards.

The items come from tables D5, D7, D8 and D9, evaluated by the process and handed over by the service `open_items`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
    update,
)

from cases import case_files
from engine.store.base import Instant, metadata
from engine.store.session import Session

benefit_item = Table(
    "benefit_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("benefit", String(40), nullable=False),
    Column("title", String(120), nullable=False),
    Column("department", String(12), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("amount", Numeric(12, 2), nullable=True),
    Column("start_month", String(7), nullable=False),
    Column("stop_month", String(7), nullable=True),
    Column("due_on", Date, nullable=True),
    Column("result", String(20), nullable=True),
    Column("done_on", Date, nullable=True),
    Column("ref_no", String(60), nullable=True),
    Column("reason", String(1000), nullable=False, server_default=""),
    Column("next_check", Date, nullable=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("case_id", "benefit", "department"),
)

benefit_standard = Table(
    "benefit_standard",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("monthly_amount", Numeric(12, 2), nullable=False),
    Column("doc_no", String(120), nullable=False, server_default=""),
)

DIRECT, HANDED_ON, SERVICE = "直接落实", "转办法定程序", "服务类"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing the child is to get."""

    benefit: str
    title: str
    department: str
    mode: str
    amount: Decimal | None = None


def open_items(
    session: Session,
    case_id: str,
    child_id: str,
    items: Iterable[Item],
    *,
    start_month: str,
    due_on: date | None,
    now: datetime,
) -> None:
    """Enter the items of a plan; one that is there already is left alone, so that a second call changes nothing."""
    known = {(row["benefit"], row["department"]) for row in items_of(session, case_id)}
    for item in items:
        if (item.benefit, item.department) in known:
            continue
        known.add((item.benefit, item.department))
        session.execute(
            insert(benefit_item).values(
                case_id=case_id,
                child_id=child_id,
                benefit=item.benefit,
                title=item.title,
                department=item.department,
                mode=item.mode,
                amount=item.amount,
                start_month=start_month,
                due_on=due_on,
                created_at=now,
            )
        )
        case_files.involve(session, case_id, [item.department])


def items_of(session: Session, case_id: str, department: str | None = None) -> Sequence[RowMapping]:
    """The items of a case, or those of one department."""
    query = select(benefit_item).where(benefit_item.c.case_id == case_id).order_by(benefit_item.c.id)
    if department is not None:
        query = query.where(benefit_item.c.department == department)
    return tuple(session.execute(query).mappings())


def record_result(session: Session, item_id: int, **values: object) -> None:
    """Enter what a department did about an item: result, done_on, ref_no, reason, next_check."""
    session.execute(update(benefit_item).where(benefit_item.c.id == item_id).values(**values))


def standard(session: Session, key: str, day: date) -> Decimal | None:
    """The county's monthly amount in force on that day."""
    return session.execute(
        select(benefit_standard.c.monthly_amount)
        .where(benefit_standard.c.key == key, benefit_standard.c.valid_from <= day)
        .order_by(benefit_standard.c.valid_from.desc())
        .limit(1)
    ).scalar()


def month_after(day: date) -> str:
    """The month after a day, as 2025-11: a benefit starts the month after the decision (DL-18)."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return f"{year:04d}-{month:02d}"
