"""What a page says of money: why an allowance was chosen, the items, the month's list, a relief, a new standard.

`cases.money_page` says what of it the reader sees; a list shows name, masked number, amount and account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping

from cases import standards
from cases.money_page import ACCOUNT, FOLLOW, RELIEF, STANDARD, MoneyRows, money_of
from cases.privacy import mask_idcard
from cases.roles import DEPARTMENTS
from web import formats
from web.forms import Fact
from web.language import translate as _
from web.transaction import Visit

#: More lines of a list than this are in the bank's file, not on the page.
MOST_ROWS = 500


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """A benefit of the child."""

    title: str
    department: str
    amount: str
    months: str
    result: str


@dataclass(frozen=True, kw_only=True)
class PaymentLine:
    """A payment of a list."""

    archive_no: str
    name: str
    idcard: str
    month: str
    scheme: str
    amount: str
    account: str
    result: str


@dataclass(frozen=True, kw_only=True)
class Money:
    """All that a page shows."""

    why: Sequence[str] = ()  #: 选定 … 因为 …, line by line
    items: Sequence[ItemLine] = ()
    facts: Sequence[Fact] = ()
    listed: Sequence[PaymentLine] = ()
    people: int = 0
    total: str = ""
    file_id: str | None = None
    with_schemes: bool = field(default=False)
    withheld: Sequence[Fact] = ()  #: whose money is held this month, and why


def money(visit: Visit, case_id: str | None, purpose: str) -> Money | None:
    """What there is to say of the case's money to this reader; None: nothing."""
    if case_id is None:
        return None
    rows = money_of(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
    if rows is None:
        return None
    if rows.batch is not None:
        return _list(rows, rows.batch)
    facts, items = tuple(_facts(rows)), tuple(_item(item) for item in rows.items)
    if not (facts or rows.sheet or items):
        return None
    return Money(why=rows.sheet["words"].splitlines() if rows.sheet else (), items=items, facts=facts)


def _item(item: RowMapping) -> ItemLine:
    until = f" — {item['stop_month']}{_('前')}" if item["stop_month"] else ""
    result = item["scheme_result"] or item["result"] or _("待落实")
    return ItemLine(
        title=item["title"],
        department=DEPARTMENTS[item["department"]].name if item["department"] in DEPARTMENTS else item["department"],
        amount=formats.money(item["amount"]) if item["amount"] is not None else "",
        months=f"{item['start_month']}{_('起')}{until}",
        result=result,
    )


def _list(rows: MoneyRows, batch: RowMapping) -> Money:
    facts = [Fact(label=_("发放月份"), value=batch["month"])]
    if batch["batch_no"]:
        facts.append(Fact(label=_("批次号"), value=batch["batch_no"]))
    shows_all = rows.is_whole and rows.sees_all
    return Money(
        facts=facts,
        listed=[_payment(row, with_schemes=rows.sees_all) for row in rows.listed[:MOST_ROWS]],
        people=len({row["child_id"] for row in rows.listed}),
        total=formats.money(_yuan(sum(row["amount"] for row in rows.listed))),
        file_id=batch["file_id"] if rows.is_whole else None,
        with_schemes=rows.sees_all,
        withheld=[Fact(label=each["archive_no"], value=each["reason"]) for each in batch["withheld"] if shows_all],
    )


def _payment(row: RowMapping, *, with_schemes: bool) -> PaymentLine:
    reason = f":{row['bank_reason']}" if row["bank_reason"] else ""
    number = f" ({_('序号')} {row['line']})" if row["line"] else ""
    return PaymentLine(
        archive_no=row["archive_no"],
        name=row["name"],
        idcard=mask_idcard(row["idcard"]) if row["idcard"] else "",
        month=row["month"],
        scheme=row["scheme"] if with_schemes else "",
        amount=formats.money(_yuan(row["amount"])),
        account=row["account_masked"],
        result=f"{row['bank_result']}{reason}{number}",
    )


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _facts(rows: MoneyRows) -> Iterator[Fact]:
    if rows.kind == RELIEF:
        found = rows.about
        yield Fact(label=_("突发事项"), value=found["event"])
        for label, cents in ((_("需要的金额"), found["need_amount"]), (_("救助金额"), found["granted"])):
            if cents is not None:
                yield Fact(label=label, value=formats.money(_yuan(cents)))
        if found["papers_due"]:
            yield Fact(label=_("补办手续期限"), value=formats.day(found["papers_due"]))
    elif rows.kind == STANDARD:
        yield from _standard(rows)
    elif rows.kind == ACCOUNT and rows.about:
        yield from _account(rows)
    elif rows.kind == FOLLOW:
        yield Fact(label=_("转办事项"), value=str(rows.facts["follow_title"]))


def _standard(rows: MoneyRows) -> Iterator[Fact]:
    change = rows.about
    yield Fact(label=_("保障标准"), value=standards.NAMES.get(change["key"], change["key"]))
    former = formats.money(change["former"]) if change["former"] is not None else _("未设")
    yield Fact(label=_("现行月标准"), value=former)
    yield Fact(label=_("新的月标准"), value=formats.money(change["monthly_amount"]))
    yield Fact(label=_("生效日期"), value=formats.day(change["valid_from"]))
    yield Fact(label=_("文件号"), value=change["doc_no"])


def _account(rows: MoneyRows) -> Iterator[Fact]:
    """The new number whole: the second person compares it with the papers, sign by sign."""
    change = rows.about
    yield Fact(
        label=_("现发放账户"), value=f"{change['former_account']} {change['former_holder']}".strip() or _("未登记")
    )
    yield Fact(label=_("新账号"), value=change["account"])
    yield Fact(label=_("新开户人"), value=f"{change['holder']}({change['owner']})")
    yield Fact(label=_("变更理由"), value=change["reason"])
