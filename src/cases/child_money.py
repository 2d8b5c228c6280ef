"""What a child gets, from when to when, how much each time and why (domain.md part 3, 5).

An item that follows a standard changes its amount with it; each stretch of equal amount is one line. The titles of a
sealed child's allowances read as on every list (M2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, func, select

from cases import benefit_sheets, benefits, payments
from cases.benefits import benefit_standard
from cases.exits import LIVING_SCHEMES
from cases.roles import Sight
from cases.seen_children import SeenChild
from engine.calendar import county_day
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """One stretch of one item."""

    title: str
    department: str
    mode: str
    result: str | None
    from_month: str
    to_month: str | None  #: the first month that is not paid any more; None: it runs
    amount: Decimal | None  #: yuan a month; None: no money, or decided case by case
    why: str  #: how it was chosen, and what changed the amount
    paid: Decimal | None  #: what the bank has paid of the item so far, all stretches; None: the county pays none


def allowances(
    session: Session, items: Sequence[RowMapping], found: SeenChild, *, now: datetime
) -> Sequence[Allowance]:
    """The stretches of these items, the oldest first; amounts of months to come are not guessed beyond the standards
    that are decided."""
    sheets = {case_id: _sheet(session, case_id, found) for case_id in {item["case_id"] for item in items}}
    paid = _paid(session, found.row["id"])
    lines = [
        line
        for item in items
        for line in _stretches(session, item, found, sheets[item["case_id"]], paid.get(item["id"]))
    ]
    this_month = f"{county_day(now):%Y-%m}"
    return sorted(lines, key=lambda each: (not _runs(each, this_month), each.from_month), reverse=False)


def _runs(line: Allowance, month: str) -> bool:
    return line.to_month is None or line.to_month > month


def title_of(item: RowMapping, *, sealed: bool) -> str:
    """How an item reads on screens."""
    return payments.SEALED_NAME if sealed and item["benefit"] in LIVING_SCHEMES else str(item["title"])


def _stretches(session: Session, item: RowMapping, found: SeenChild, why: str, paid: int | None) -> Iterator[Allowance]:
    months = _changes(session, item)
    for number, month in enumerate(months):
        last = number + 1 == len(months)
        yield Allowance(
            title=title_of(item, sealed=found.row["sealed_hiv"]),
            department=item["department"],
            mode=item["mode"],
            result=item["result"],
            from_month=month,
            to_month=item["stop_month"] if last else months[number + 1],
            amount=benefits.amount_in(session, item, month),
            why=(why if item["benefit"] in LIVING_SCHEMES else item["reason"])
            if number == 0
            else _raised(session, item, month),
            paid=None if paid is None else Decimal(paid) / 100,
        )


def _changes(session: Session, item: RowMapping) -> list[str]:
    """The months in which a stretch of this item begins."""
    months = {item["start_month"]}
    if item["standard_key"]:
        days = session.execute(
            select(benefit_standard.c.valid_from).where(benefit_standard.c.key == item["standard_key"])
        ).scalars()
        months |= {f"{day:%Y-%m}" if day.day == 1 else benefits.month_after(day) for day in days}
    inside = sorted(month for month in months if benefits.runs_in(item, month))
    return inside or [item["start_month"]]


def _raised(session: Session, item: RowMapping, month: str) -> str:
    """Which paper changed the standard."""
    first = benefits.first_of(month)
    row = session.execute(
        select(benefit_standard.c.doc_no, benefit_standard.c.valid_from)
        .where(benefit_standard.c.key == item["standard_key"], benefit_standard.c.valid_from <= first)
        .order_by(benefit_standard.c.valid_from.desc())
        .limit(1)
    ).one()
    return f"标准自 {row.valid_from:%Y-%m-%d} 调整 {row.doc_no}".strip()


def _sheet(session: Session, case_id: str, found: SeenChild) -> str:
    """Why this allowance was chosen (就高不就低); the comparison of a sealed file would tell its cause."""
    if found.row["sealed_hiv"] or found.cases.get(case_id, Sight.NONE) < Sight.SENSITIVE:
        return ""
    sheet = benefit_sheets.sheet_of(session, case_id)
    return str(sheet["words"]) if sheet is not None else ""


def _paid(session: Session, child_id: str) -> Mapping[Any, int]:
    rows = session.execute(
        select(payments.payment.c.item_id, func.sum(payments.payment.c.amount).label("total"))
        .where(payments.payment.c.child_id == child_id, payments.payment.c.bank_result == payments.PAID)
        .group_by(payments.payment.c.item_id)
    )
    return {row.item_id: int(row.total) for row in rows}
