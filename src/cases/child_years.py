"""The years of a child's file as four lanes: categories, benefits, cases, visits. Pure: rows go in, spans come out; how
they are drawn is the page's affair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.child_money import title_of
from cases.child_page import ChildPage
from cases.decisions import DecisionKind
from cases.identity import category_names
from engine.calendar import county_day


class Lane(StrEnum):
    """A row of the picture."""

    CATEGORIES = "类别"
    BENEFITS = "待遇"
    CASES = "办件"
    VISITS = "走访"


@dataclass(frozen=True, kw_only=True)
class Span:
    """Something that lasted, or a day on which something was."""

    lane: Lane
    words: tuple[str, ...]  #: what it was, each a term of its own
    begin: date
    end: date | None  #: the first day that is not in it any more; None: it lasts
    is_day: bool = False
    is_grave: bool = False  #: a protection case, or a visit that found a risk
    kind: str = ""  #: of a case

    @property
    def label(self) -> str:
        """The words in one."""
        return "、".join(self.words)


def years(page: ChildPage) -> tuple[Span, ...]:
    """All spans, by lane and then by their first day."""
    spans = [*_categories(page), *_benefits(page), *_cases(page), *_visits(page)]
    order = list(Lane)
    return tuple(sorted(spans, key=lambda each: (order.index(each.lane), each.begin)))


def _categories(page: ChildPage) -> Iterator[Span]:
    """From each decision to the next one; a file that was taken over without its decisions, from its first day."""
    if not page.tells_category or page.row["sealed_hiv"]:
        return
    deciding = [
        row
        for row in page.decisions
        if row["kind"] in (DecisionKind.RECOGNISED, DecisionKind.CHANGED, DecisionKind.LEFT)
    ]
    if not deciding:
        yield from _registered(page)
        return
    stop = _month(page.row["stop_month"])
    for row, following in zip(deciding, [*deciding[1:], None], strict=True):
        if row["kind"] == DecisionKind.LEFT:
            continue
        begin = _month(row["effective_month"]) or row["decided_on"]
        end = (_month(following["effective_month"]) or following["decided_on"]) if following is not None else stop
        yield Span(lane=Lane.CATEGORIES, words=category_names(row["categories"]), begin=begin, end=_after(begin, end))


def _registered(page: ChildPage) -> Iterator[Span]:
    row = page.row
    begin = _month(row["effective_month"]) or row["enrolled_on"]
    if begin is not None and row["categories"]:
        end = _after(begin, _month(row["stop_month"]))
        yield Span(lane=Lane.CATEGORIES, words=category_names(row["categories"]), begin=begin, end=end)


def _benefits(page: ChildPage) -> Iterator[Span]:
    for item in page.items:
        begin = _month(item["start_month"])
        if begin is not None:
            title = title_of(item, sealed=page.row["sealed_hiv"])
            yield Span(lane=Lane.BENEFITS, words=(title,), begin=begin, end=_after(begin, _month(item["stop_month"])))


def _cases(page: ChildPage) -> Iterator[Span]:
    """All but the visits, which have a lane of their own."""
    for case in page.cases:
        if case["kind"] == "visit":
            continue
        begin = county_day(case["opened_at"])
        yield Span(
            lane=Lane.CASES,
            words=(case["status"],),
            begin=begin,
            end=_after(begin, _day(case["closed_at"])),
            is_grave=case["kind"] in page.grave_kinds,
            kind=case["kind"],
        )


def _visits(page: ChildPage) -> Iterator[Span]:
    for row in page.visits:
        day = county_day(row["at"])
        yield Span(
            lane=Lane.VISITS, words=(row["kind"],), begin=day, end=day, is_day=True, is_grave=bool(row["risk_found"])
        )


def _month(month: str | None) -> date | None:
    return date.fromisoformat(f"{month}-01") if month else None


def _day(instant: datetime | None) -> date | None:
    return county_day(instant) if instant is not None else None


def _after(begin: date, end: date | None) -> date | None:
    """An end before its beginning, as a benefit that never began has one, is no span backwards."""
    return None if end is None else max(begin, end)
