"""The sheet of 就高不就低 of a case: made from the answers of table D5 and kept as it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKey, Numeric, RowMapping, String, Table, delete, insert, select

from cases import benefits, case_files, plan_changes
from cases.exits import LIVING_SCHEMES
from cases.living import HOUSEHOLD, Candidate, Paid, Sheet, choose, words
from cases.veils import veil
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import Veiled, VeiledJson

benefit_sheet = Table(
    "benefit_sheet",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("candidates", VeiledJson("benefit_sheet.candidates"), nullable=False),
    Column("chosen", Veiled("benefit_sheet.chosen"), nullable=False),
    Column("best", Numeric(12, 2), nullable=True),
    Column("already", Numeric(12, 2), nullable=False),
    Column("pay", Numeric(12, 2), nullable=True),
    Column("start_month", String(7), nullable=False),
    Column("words", Veiled("benefit_sheet.words"), nullable=False),
    Column("made_at", Instant, nullable=False),
)

#: Living allowances that other offices pay and that do not stack: the case's facts that hold them (yuan a month).
_HOUSEHOLD_SHARE = "低保户内分摊"
_DISABILITY_LIVING = "困难残疾人生活补贴"


def make(
    session: Session, case_id: str, answers: Sequence[Mapping[str, Any]], *, start_month: str, now: datetime
) -> Sheet:
    """Compare and keep the sheet; a second call for the case puts the new one in the old one's place.

    :param answers: one answer of D5 per category that fits: category, scheme, standard_key, pay_mode, ui.
    """
    row = case_files.find_case(session, case_id)
    share = household_share(row["facts"])
    candidates = [_candidate(session, answer, share, start_month) for answer in answers]
    best = choose(candidates, (), start_month).chosen.scheme
    paid = tuple(_paid_already(session, row, best, start_month))
    sheet = choose(candidates, paid, start_month)
    change = plan_changes.of_scheme(row["facts"], sheet.chosen.scheme, sheet.chosen.title)
    told = {
        "candidates": [_kept(each) for each in sheet.candidates],
        "chosen": sheet.chosen.scheme,
        "words": "\n".join([words(sheet), *_told(change)]),
    }
    session.execute(delete(benefit_sheet).where(benefit_sheet.c.case_id == case_id))
    session.execute(
        insert(benefit_sheet).values(
            case_id=case_id,
            child_id=row["child_id"],
            best=sheet.chosen.amount,
            already=sheet.already,
            pay=sheet.pay if change is None or change.amount is None else change.amount,
            start_month=start_month,
            **veil(session, benefit_sheet, told, case_id=case_id),
            made_at=now,
        )
    )
    return sheet


def sheet_of(session: Session, case_id: str) -> RowMapping | None:
    """The sheet of a case, if it has one."""
    return session.execute(select(benefit_sheet).where(benefit_sheet.c.case_id == case_id)).mappings().first()


def household_share(facts: Mapping[str, Any]) -> Decimal | None:
    """The child's share of what the household gets as 低保; None if nobody entered it."""
    grant, size = facts.get("household_grant"), facts.get("household_size")
    if grant is None or not size:
        return None
    return (Decimal(str(grant)) / Decimal(str(size))).quantize(Decimal("0.01"))


def _candidate(session: Session, answer: Mapping[str, Any], share: Decimal | None, start_month: str) -> Candidate:
    by_household = answer["pay_mode"] == HOUSEHOLD
    amount = (
        share if by_household else benefits.standard(session, answer["standard_key"], benefits.first_of(start_month))
    )
    return Candidate(
        category=answer["category"],
        scheme=answer["scheme"],
        title=answer["ui"],
        standard_key=answer["standard_key"],
        pay_mode=answer["pay_mode"],
        amount=amount,
    )


def _paid_already(session: Session, row: Mapping[str, Any], scheme: str, month: str) -> Iterable[Paid]:
    """What the child gets in that month by other schemes that do not stack with the one chosen."""
    facts, share = row["facts"], household_share(row["facts"])
    if share is not None and scheme != "DIBAO":
        yield Paid(title=_HOUSEHOLD_SHARE, amount=share)
    if facts.get("disability_living") and scheme == "DEFACTO":
        yield Paid(title=_DISABILITY_LIVING, amount=Decimal(str(facts["disability_living"])))
    for item in benefits.of_child(session, row["child_id"]):
        if item["case_id"] == row["id"] or item["benefit"] == scheme or item["benefit"] not in LIVING_SCHEMES:
            continue
        amount = benefits.amount_in(session, item, month)
        if amount and benefits.runs_in(item, month) and not (share and item["benefit"] == "DIBAO"):
            yield Paid(title=item["title"], amount=amount)


def _kept(each: Candidate) -> dict[str, Any]:
    amount = None if each.amount is None else f"{each.amount:.2f}"
    return {**vars(each), "amount": amount}


def _told(change: plan_changes.Change | None) -> Iterable[str]:
    """The line about an allowance that the county changed."""
    if change is not None:
        amount = "" if change.amount is None else f"按每月{change.amount:.2f}元发放,"
        yield f"审批时调整:{amount}{change.mode};理由:{change.reason.rstrip('。')}。"
