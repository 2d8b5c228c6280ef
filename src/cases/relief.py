"""Temporary relief 临时救助: one payment for an acute need, beside the living allowances (domain.md P_E3, table D6).

Amounts are cents. A relief is a payment with a slot of its own, so that it never counts as a living allowance.
"""

from __future__ import annotations

from datetime import date, datetime

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
    select,
    update,
)

from cases import payments
from cases.payments import payment
from cases.veils import veil
from engine.errors import NotFound
from engine.store.base import metadata
from engine.store.session import Session
from engine.store.veils import Veiled, VeiledJson

temp_relief = Table(
    "temp_relief",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("event", Veiled("temp_relief.event"), nullable=False),
    Column("traits", VeiledJson("temp_relief.traits"), nullable=False),
    Column("need_amount", Integer, nullable=True),
    Column("emergency", Boolean, nullable=True),
    Column("route", String(20), nullable=True),
    Column("decision", String(8), nullable=True),
    Column("granted", Integer, nullable=True),
    Column("reason", Veiled("temp_relief.reason"), nullable=False, server_default=""),
    Column("paid_on", Date, nullable=True),
    Column("papers_due", Date, nullable=True),
    Column("papers_on", Date, nullable=True),
)

#: DL-40: the papers of a relief that was paid first.
PAPERS_WORKDAYS = 10
TEMPORARY, OTHERS = "临时性", frozenset({"突发性", "紧迫性"})
BY_CARD, IN_CASH = "一卡通", "现金"


def is_acute(traits: frozenset[str]) -> bool:
    """An acute hardship is temporary, and sudden or pressing as well [D]."""
    return TEMPORARY in traits and bool(OTHERS & traits)


def enter(session: Session, case_id: str, *, child_id: str, event: str) -> None:
    """Enter the request of a case that was just opened."""
    told = veil(session, temp_relief, {"event": event, "traits": []}, case_id=case_id)
    session.execute(insert(temp_relief).values(case_id=case_id, child_id=child_id, **told))


def find(session: Session, case_id: str) -> RowMapping:
    """The relief of a case.

    :raises NotFound: the case is no relief.
    """
    row = session.execute(select(temp_relief).where(temp_relief.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是临时救助")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the relief."""
    told = veil(session, temp_relief, values, case_id=case_id)
    session.execute(update(temp_relief).where(temp_relief.c.case_id == case_id).values(**told))


def payment_of(session: Session, case_id: str) -> RowMapping | None:
    """The relief's payment, once it was made."""
    return session.execute(select(payment).where(payment.c.case_id == case_id)).mappings().first()


def pay(
    session: Session,
    case_id: str,
    *,
    scheme: str,
    account_masked: str,
    result: str,
    batch_no: str | None,
    day: date,
    now: datetime,
) -> None:
    """Enter the payment, or that it was sent again. `result`: 已送银行, or 成功 for cash."""
    found, known = find(session, case_id), payment_of(session, case_id)
    values = {"account_masked": account_masked, "bank_result": result, "batch_no": batch_no, "paid_on": day}
    if known is not None:
        tries = [*known["attempts"], {"batch_no": known["batch_no"], "reason": known["bank_reason"]}]
        payments.change(session, known["id"], **values, bank_reason="", attempts=tries)
        return
    session.execute(
        insert(payment).values(
            **values,
            case_id=case_id,
            child_id=found["child_id"],
            month=f"{day:%Y-%m}",
            slot=f"RELIEF:{case_id}",
            scheme=scheme,
            amount=found["granted"],
            line=1,
            attempts=[],
            created_at=now,
        )
    )
    change(session, case_id, paid_on=day)
