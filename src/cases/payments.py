"""Payments 发放: per month a list of who is due what, batches for the bank, and what came of each (domain.md P_E 5).

A payment is due for each month in which an item that was carried out is in force and that was not paid yet, so that an
item entered late leaves no month unpaid (M12). One row per child, month and slot: the database itself refuses a second
living allowance. Amounts are cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from cases import bank_accounts, benefits
from cases.benefits import benefit_item
from cases.children import child
from cases.exits import LIVING_SCHEMES
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

payment_batch = Table(
    "payment_batch",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("track", String(10), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("batch_no", String(40), nullable=True, unique=True),
    Column("file_id", String(26), nullable=True),
    Column("withheld", Json, nullable=False),
    Column("closed_at", Instant, nullable=True),
    UniqueConstraint("month", "track"),
)

payment = Table(
    "payment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False),
    Column("item_id", Integer, ForeignKey("benefit_item.id"), nullable=True),
    Column("month", String(7), nullable=False),
    Column("slot", String(50), nullable=False),
    Column("scheme", String(40), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("account_masked", String(24), nullable=False),
    Column("bank_result", String(12), nullable=False),
    Column("bank_reason", String(200), nullable=False, server_default=""),
    Column("batch_no", String(40), nullable=True),
    Column("line", Integer, nullable=True),
    Column("attempts", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("paid_on", Date, nullable=True),
    UniqueConstraint("child_id", "month", "slot"),
)

ORDINARY, SEALED = "ORDINARY", "SEALED"
LISTED, SENT, PAID, FAILED = "待发放", "已送银行", "成功", "失败"
#: One living allowance a month, and one top-up that completes it; relief has a slot of its own per case.
LIVING, TOP_UP = "LIVING", "TOP_UP"

#: How a payment of a sealed child reads on every list and screen (P_E, sealed children).
SEALED_NAME = "民政直管生活费"
#: How lists name the schemes; what the bank reads is `purpose_of` (M2).
NAMES: Mapping[str, str] = {
    "ORPHAN": "社会散居孤儿基本生活费",
    "ORPHAN_INST": "机构养育孤儿基本生活费",
    "DEFACTO": "事实无人抚养儿童基本生活补贴",
    "TEKUN": "特困人员救助供养",
    "DIBAO": "最低生活保障",
    "DIBAO_SINGLE": "最低生活保障(单人户)",
    "OTHER_CASE": "其他方式保障",
    "TOP_UP": "补差",
}
WELFARE_NAME, RELIEF_NAME = "儿童福利生活费", "临时救助"
_ONE_NAME = frozenset({SEALED_NAME, NAMES["ORPHAN"], NAMES["ORPHAN_INST"], NAMES["DEFACTO"]})


@dataclass(frozen=True, kw_only=True)
class Due:
    """A child's allowance of one month that is to be paid."""

    child_id: str
    item_id: int
    month: str
    slot: str
    scheme: str
    cents: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """A child whose money is held."""

    archive_no: str
    from_month: str  #: the first month that is held

    @property
    def reason(self) -> str:
        return f"未提交在读证明,已书面警示,自{self.from_month}起暂缓发放"


def purpose_of(scheme: str) -> str:
    """What the bank reads: orphans, children de facto without care and sealed files under one name (M2)."""
    return WELFARE_NAME if scheme in _ONE_NAME else scheme


def cents(amount: Decimal | int) -> int:
    """Yuan as cents."""
    return int((Decimal(amount) * 100).to_integral_value())


def due_until(session: Session, month: str, *, sealed: bool) -> Sequence[Due]:
    """What is due for this month and for earlier ones that were not paid, in the order of the archives. Months that are
    held because the yearly proof is missing come due when it is there."""
    first = _first_month(session, month)
    paid, held = _paid(session), held_in(session, month, sealed=sealed)
    found: list[Due] = []
    for child_id, items in _items_by_child(session, month, sealed=sealed):
        last = benefits.month_before(held[child_id].from_month) if child_id in held else month
        for each in _months(first, last):
            for slot, item, amount in _of_month(session, items, each):
                if (child_id, each, slot) not in paid and amount > 0:
                    scheme = SEALED_NAME if sealed else NAMES.get(item["benefit"], item["title"])
                    found.append(
                        Due(
                            child_id=child_id,
                            item_id=item["id"],
                            month=each,
                            slot=slot,
                            scheme=scheme[:40],
                            cents=cents(amount),
                        )
                    )
    return tuple(found)


def held_in(session: Session, month: str, *, sealed: bool) -> Mapping[str, Held]:
    """Whose money is held in a month because the yearly proof of schooling is missing, by the child's id."""
    query = (
        select(child.c.id, child.c.archive_no, child.c.pay_hold_from)
        .where(child.c.pay_hold_from <= month, child.c.sealed_hiv.is_(sealed))
        .order_by(child.c.archive_no)
    )
    rows = session.execute(query)
    return {row.id: Held(archive_no=row.archive_no, from_month=row.pay_hold_from) for row in rows}


def _items_by_child(session: Session, month: str, *, sealed: bool) -> Iterator[tuple[str, list[RowMapping]]]:
    query = (
        select(benefit_item)
        .join(child, child.c.id == benefit_item.c.child_id)
        .where(
            benefit_item.c.benefit.in_(sorted(LIVING_SCHEMES)),
            benefit_item.c.start_month <= month,
            child.c.sealed_hiv.is_(sealed),
        )
        .order_by(child.c.archive_no, benefit_item.c.id)
    )
    grouped: dict[str, list[RowMapping]] = {}
    for item in session.execute(query).mappings():
        if benefits.is_carried_out(item) and item["pay_mode"] != benefits.BY_HOUSEHOLD:
            grouped.setdefault(item["child_id"], []).append(item)
    yield from grouped.items()


def _of_month(session: Session, items: Iterable[RowMapping], month: str) -> Iterator[tuple[str, RowMapping, Decimal]]:
    """At most one living allowance, the best, and at most one top-up."""
    best: dict[str, tuple[RowMapping, Decimal]] = {}
    for item in items:
        amount = benefits.amount_in(session, item, month) if benefits.runs_in(item, month) else None
        slot = TOP_UP if item["benefit"] == "TOP_UP" else LIVING
        if amount is not None and (slot not in best or amount > best[slot][1]):
            best[slot] = (item, amount)
    for slot, (item, amount) in best.items():
        yield slot, item, amount


def _first_month(session: Session, month: str) -> str:
    """Arrears reach back to the first list that was made here: what was paid before is not known."""
    first = session.scalar(select(func.min(payment_batch.c.month)))
    return min(first or month, month)


def _months(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = benefits.next_month(first)


def _paid(session: Session) -> frozenset[tuple[str, str, str]]:
    """What stands on a list already, paid or not: an older list pays it."""
    rows = session.execute(select(payment.c.child_id, payment.c.month, payment.c.slot))
    return frozenset((row.child_id, row.month, row.slot) for row in rows)


def enter_batch(session: Session, case_id: str, *, month: str, track: str) -> None:
    """Enter the list of a case that was just opened."""
    session.execute(insert(payment_batch).values(case_id=case_id, month=month, track=track, attempt=0, withheld=[]))


def find_batch(session: Session, case_id: str) -> RowMapping:
    """The list of a case.

    :raises NotFound: the case is no monthly payment.
    """
    row = session.execute(select(payment_batch).where(payment_batch.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是月度发放")
    return row


def batch_of(session: Session, month: str, track: str) -> str | None:
    """The case of a month's list, if it was opened."""
    found: str | None = session.scalar(
        select(payment_batch.c.case_id).where(payment_batch.c.month == month, payment_batch.c.track == track)
    )
    return found


def change_batch(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the list."""
    session.execute(update(payment_batch).where(payment_batch.c.case_id == case_id).values(**values))


def make_list(session: Session, case_id: str, *, now: datetime, without: Iterable[str] = ()) -> Sequence[RowMapping]:
    """Make the list anew from the items as they stand, without the children that are held back; returns its rows."""
    batch = find_batch(session, case_id)
    held = frozenset(without)
    session.execute(delete(payment).where(payment.c.case_id == case_id, payment.c.bank_result == LISTED))
    rows = [
        _listed(session, case_id, each, now)
        for each in due_until(session, batch["month"], sealed=batch["track"] == SEALED)
        if each.child_id not in held
    ]
    if rows:
        session.execute(insert(payment), rows)
    return payments_of(session, case_id)


def _listed(session: Session, case_id: str, due: Due, now: datetime) -> dict[str, Any]:
    account = bank_accounts.account_of(session, due.child_id)
    return {
        "case_id": case_id,
        "child_id": due.child_id,
        "item_id": due.item_id,
        "month": due.month,
        "slot": due.slot,
        "scheme": due.scheme,
        "amount": due.cents,
        "account_masked": account.masked if account else "",
        "bank_result": LISTED,
        "attempts": [],
        "created_at": now,
    }


def payments_of(session: Session, case_id: str, *, results: Iterable[str] | None = None) -> Sequence[RowMapping]:
    """The payments of a list with the child's name, archive, id number and village, in the order of the list;
    of a sealed file the code alone."""
    query = (
        select(
            payment,
            child.c.name,
            child.c.archive_no,
            child.c.idcard,
            child.c.hukou_code,
            child.c.town_code,
            child.c.sealed_hiv,
        )
        .join(child, child.c.id == payment.c.child_id)
        .where(payment.c.case_id == case_id)
        .order_by(child.c.archive_no, payment.c.month, payment.c.slot)
    )
    if results is not None:
        query = query.where(payment.c.bank_result.in_(list(results)))
    return tuple(session.execute(query).mappings())


def change(session: Session, payment_id: int, **values: object) -> None:
    """Set columns of one payment."""
    session.execute(update(payment).where(payment.c.id == payment_id).values(**values))


def paid_from(session: Session, child_id: str, month: str) -> int:
    """What was paid, or is with the bank, for this month and later ones, in cents: too much, if it stops here."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(payment.c.amount), 0)).where(
                payment.c.child_id == child_id,
                payment.c.month >= month,
                payment.c.slot.in_([LIVING, TOP_UP]),
                payment.c.bank_result.in_([SENT, PAID]),
            )
        )
        or 0
    )


def last_listed_month(session: Session) -> str | None:
    """The latest month for which a list was opened."""
    latest: str | None = session.scalar(select(func.max(payment_batch.c.month)))
    return latest


def list_dates(month: str) -> tuple[date, date]:
    """The list by the 5th, the money by the 15th (before rolling back)."""
    first = benefits.first_of(month)
    return first.replace(day=5), first.replace(day=15)
