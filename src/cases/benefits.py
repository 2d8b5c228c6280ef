"""Benefits 保障待遇: what the child gets, by which department, from which month; and the county's standards.

The items come from tables D5, D7, D8 and D9, evaluated by the process and handed over by the service `open_items`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    RowMapping,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Dialect

from cases import case_files
from cases.veils import veil
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import Veiled

#: The scheme that tells why, and the word by which the tables call it: on lists it is 民政直管 (domain.md M2, P_E).
_TELLS, _CODED = "HIV", "MZJ_DIRECT"


class SchemeCode(TypeDecorator[str]):
    """A benefit's code. That of a sealed file's living allowance stands under a word that does not tell the illness."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _CODED if value == _TELLS else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _TELLS if value == _CODED else value


benefit_item = Table(
    "benefit_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("benefit", SchemeCode(40), nullable=False),
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
    Column("reason", Veiled("benefit_item.reason"), nullable=False, server_default=""),
    Column("next_check", Date, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("standard_key", String(40), nullable=True),  #: the standard that the amount follows, month by month
    Column("pay_mode", String(12), nullable=True),  #: FULL, TOP_UP, MAX, HOUSEHOLD … as table D5 says
    Column("already", Numeric(12, 2), nullable=True),  #: what other schemes pay already, taken off the standard
    Column("scheme_result", String(12), nullable=True),  #: what came of a 转办 item in its own procedure (M10)
    Column("scheme_result_on", Date, nullable=True),
    Column("scheme_ref", String(60), nullable=True),
    Column(
        "reopened_on", Date, nullable=True
    ),  #: a visit found a gap: the department answers again; what runs, runs on
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
#: What a department says of an item; and what the scheme's own procedure says of one that was handed on.
DELIVERED, PASSED_ON, NOT_YET, NOT_ENTITLED = "已落实", "已转办", "暂不具备条件", "不符合该项条件"
TAKEN_IN, NOT_TAKEN_IN = "已纳入", "未纳入"
#: DL-17: a department carries its items out in so many working days.
DELIVERY_WORKDAYS = 10
#: A line that answers for every item at once.
ALL_ITEMS = "各项待遇"
#: The household's own list pays these; they count as paid already, and the county's list leaves them out.
BY_HOUSEHOLD = "HOUSEHOLD"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing the child is to get."""

    benefit: str
    title: str
    department: str
    mode: str
    amount: Decimal | None = None
    standard_key: str | None = None
    pay_mode: str | None = None
    already: Decimal | None = None
    result: str | None = None  #: carried out with the decision itself


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
                standard_key=item.standard_key,
                pay_mode=item.pay_mode,
                already=item.already,
                result=item.result,
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


def to_answer(session: Session, case_id: str, department: str) -> Sequence[RowMapping]:
    """What a department answers for now: what was opened again, else all its items of the case."""
    items = items_of(session, case_id, department)
    return tuple(item for item in items if item["reopened_on"] is not None) or items


def by_department(items: Iterable[RowMapping]) -> list[dict[str, Any]]:
    """One delivery a department (M16), in the order of its first item: dept, titles."""
    titles: dict[str, list[str]] = {}
    for item in items:
        titles.setdefault(str(item["department"]), []).append(item["title"])
    return [{"dept": department, "titles": named} for department, named in titles.items()]


def line_for(lines: Iterable[Mapping[str, Any]], item: RowMapping) -> Mapping[str, Any] | None:
    """The line of a form that speaks of an item: by its title, its code, or of all items at once."""
    by_name = {str(line["benefit"]): line for line in lines}
    return by_name.get(item["title"]) or by_name.get(item["benefit"]) or by_name.get(ALL_ITEMS)


def reopen(session: Session, items: Iterable[RowMapping], *, on: date, due_on: date) -> None:
    """Open items again for their departments. The result stands until there is another, so that no payment stops."""
    chosen = [item["id"] for item in items]
    query = update(benefit_item).where(benefit_item.c.id.in_(chosen))
    session.execute(query.values(reopened_on=on, due_on=due_on))


def followed_apart(item: RowMapping) -> bool:
    """Whether the item's later course is tracked apart: handed on and not taken in yet, or to be looked at again
    (M10)."""
    handed = item["result"] == PASSED_ON and item["scheme_result"] != TAKEN_IN
    return bool(handed or item["result"] == NOT_YET)


def record_result(session: Session, item_id: int, **values: object) -> None:
    """Enter what a department did about an item: result, done_on, ref_no, reason, next_check."""
    if "reason" in values:
        child_id = session.scalar(select(benefit_item.c.child_id).where(benefit_item.c.id == item_id))
        values = veil(session, benefit_item, values, child_id=child_id)
    session.execute(update(benefit_item).where(benefit_item.c.id == item_id).values(**values))


def standard(session: Session, key: str, day: date) -> Decimal | None:
    """The county's monthly amount in force on that day."""
    return session.execute(
        select(benefit_standard.c.monthly_amount)
        .where(benefit_standard.c.key == key, benefit_standard.c.valid_from <= day)
        .order_by(benefit_standard.c.valid_from.desc())
        .limit(1)
    ).scalar()


def standards_on(session: Session, day: date) -> Mapping[str, RowMapping]:
    """Every standard in force on that day by its key: monthly_amount, valid_from, doc_no. Public."""
    rows = session.execute(
        select(benefit_standard).where(benefit_standard.c.valid_from <= day).order_by(benefit_standard.c.valid_from)
    )
    return {row["key"]: row for row in rows.mappings()}


def amount_in(session: Session, item: RowMapping, month: str) -> Decimal | None:
    """What an item pays in a month (2026-03), in yuan: the standard in force on its first day less what others pay, so
    that a raised standard is paid from its month on; an item without a standard pays what was decided."""
    if item["standard_key"] is None:
        amount: Decimal | None = item["amount"]
        return amount
    valid = standard(session, item["standard_key"], first_of(month))
    return item["amount"] if valid is None else max(Decimal(0), valid - (item["already"] or Decimal(0)))


def runs_in(item: RowMapping, month: str) -> bool:
    """Whether an item is in force in a month; the stop month is the first that is not paid."""
    return bool(item["start_month"] <= month and (item["stop_month"] is None or month < item["stop_month"]))


def is_carried_out(item: RowMapping) -> bool:
    """Whether money may flow: carried out, or taken in by the scheme to which it was handed on."""
    handed = item["result"] == PASSED_ON and item["scheme_result"] == TAKEN_IN
    return bool(item["result"] == DELIVERED or handed)


def of_child(session: Session, child_id: str) -> Sequence[RowMapping]:
    """All items of a child, whatever the case, the oldest first."""
    query = select(benefit_item).where(benefit_item.c.child_id == child_id).order_by(benefit_item.c.id)
    return tuple(session.execute(query).mappings())


def first_of(month: str) -> date:
    """The first day of a month written as 2026-03."""
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def month_before(month: str) -> str:
    """The month before 2026-01 is 2025-12."""
    return f"{first_of(month) - timedelta(days=1):%Y-%m}"


def next_month(month: str) -> str:
    """The month after 2025-12 is 2026-01."""
    return month_after(first_of(month))


def month_after(day: date) -> str:
    """The month after a day, as 2025-11: a benefit starts the month after the decision (DL-18)."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return f"{year:04d}-{month:02d}"
