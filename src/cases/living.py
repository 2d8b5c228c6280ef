"""就高不就低: of all living allowances for which a child qualifies, the best one; never two (domain.md part 3).

Pure: candidates and what is paid already go in, a sheet comes out; `words` tells it. Amounts are yuan a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Of equal amounts the scheme that comes first is taken.
ORDER = ("HIV", "ORPHAN_INST", "ORPHAN", "DEFACTO", "TEKUN", "DIBAO", "DIBAO_SINGLE", "OTHER_CASE")
#: Answers of table D5 that pay nothing.
NO_MONEY = frozenset({"NONE", "NO_CASH"})
#: These are paid whole and end what ran before; the others pay what is missing.
FULL, CASE, HOUSEHOLD = "FULL", "CASE", "HOUSEHOLD"
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A scheme for which the child qualifies by one of its categories."""

    category: str
    scheme: str
    title: str
    standard_key: str
    pay_mode: str
    amount: Decimal | None  #: None: no standard in force, or decided case by case


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What another scheme that does not stack pays already."""

    title: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The comparison and its outcome."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate
    paid: tuple[Paid, ...]
    start_month: str

    @property
    def already(self) -> Decimal:
        return sum((each.amount for each in self.paid), NOTHING)

    @property
    def stops_others(self) -> bool:
        """A full allowance ends the others from the same month, so that none is cumulated."""
        return self.chosen.pay_mode == FULL

    @property
    def pay(self) -> Decimal | None:
        """What this scheme pays; None: decided case by case, or no standard is in force."""
        best = self.chosen.amount
        if best is None or self.stops_others or self.chosen.pay_mode == HOUSEHOLD:
            return best
        return max(NOTHING, best - self.already)


def choose(candidates: Sequence[Candidate], paid: Sequence[Paid], start_month: str) -> Sheet:
    """The best candidate; a tie, or amounts that nobody knows, by the order of the schemes.

    :raises ValueError: no candidate at all.
    """
    unique = tuple({each.scheme: each for each in reversed(candidates)}.values())[::-1]
    best = min(unique, key=lambda each: (-(each.amount if each.amount is not None else NOTHING), _rank(each.scheme)))
    return Sheet(candidates=unique, chosen=best, paid=tuple(paid), start_month=start_month)


def _rank(scheme: str) -> int:
    return ORDER.index(scheme) if scheme in ORDER else len(ORDER)


def words(sheet: Sheet) -> str:
    """The sheet in Chinese, as the decision page shows it: “选定 … 因为 …”."""
    lines = [f"选定“{sheet.chosen.title}”,因为{_because(sheet)}。"]
    lines += [
        f"候选{number}:{each.title}——{_money(each)}。"
        for number, each in enumerate(sheet.candidates, 1)
        if each.scheme not in NO_MONEY
    ]
    lines.append(f"已发放:{_already(sheet)}。")
    lines.append(f"发放:{_payment(sheet)}。")
    return "\n".join(lines)


def _because(sheet: Sheet) -> str:
    chosen = sheet.chosen
    if chosen.scheme in NO_MONEY:
        return "没有符合条件的生活保障项目"
    rivals = [each for each in sheet.candidates if each is not chosen and each.scheme not in NO_MONEY]
    if not rivals:
        return "只符合这一项生活保障"
    if chosen.amount is None:
        return "各项均未设标准,按项目次序选定"
    if any(each.amount == chosen.amount for each in rivals):
        return f"每月{chosen.amount:.2f}元与其他项目相同,按项目次序选定"
    return f"在符合条件的{len(rivals) + 1}项中每月{chosen.amount:.2f}元最高(就高不就低)"


def _money(each: Candidate) -> str:
    if each.amount is not None:
        return f"每月{each.amount:.2f}元" + ("(户内人均)" if each.pay_mode == HOUSEHOLD else "")
    return "按户核定" if each.pay_mode == HOUSEHOLD else "一事一议" if each.pay_mode == CASE else "标准未设"


def _already(sheet: Sheet) -> str:
    if not sheet.paid:
        return "无"
    listed = "、".join(f"{each.title}每月{each.amount:.2f}元" for each in sheet.paid)
    return f"{listed},合计每月{sheet.already:.2f}元"


def _payment(sheet: Sheet) -> str:
    chosen, pay = sheet.chosen, sheet.pay
    if chosen.scheme in NO_MONEY:
        return "不发生活费"
    if pay is None:
        return f"{_money(chosen)},自{sheet.start_month}起"
    if chosen.pay_mode == HOUSEHOLD:
        return f"由低保名册按户发放,不另行发放,自{sheet.start_month}起"
    if sheet.stops_others:
        return f"全额每月{pay:.2f}元,自{sheet.start_month}起" + (",其他生活费同月停发" if sheet.paid else "")
    assert chosen.amount is not None
    return f"补差 {chosen.amount:.2f} − {sheet.already:.2f} = 每月{pay:.2f}元,自{sheet.start_month}起"
