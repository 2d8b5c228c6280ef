"""Statistics 统计: counts and shares for who leads and supervises (domain.md 6.1: numbers; P_J 6, DL-02, DL-04, DL-06).

Never a name. Sealed files count nowhere. Small counts are hidden over the whole county's table, so that a township and
the county bureau read the same cells; a share of fewer than five is not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from cases.children import child
from cases.exits import COVERED
from cases.identity import CATEGORIES
from cases.indicators import COUNTY_DONE, REPORTED, VERIFIED, VISITED, Indicator, Period, count
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, Division, subtree
from cases.quarters import MONTHS_OF_A_QUARTER, Quarter, quarter_of
from cases.small_cells import SMALL, hide
from engine.access import Actor, Grant, covers
from engine.calendar import Calendar, county_day
from engine.errors import NotAllowed
from engine.store.session import Session

#: Who reads statistics of the own area (6.1: the bureau, townships, the conveners' numbers, the inspector).
READERS = frozenset(
    {
        "town_officer",
        "town_leader",
        "town_head",
        "mzj_handler",
        "mzj_leader",
        "inspector",
        "convener",
        "vice_convener",
    }
)
#: Shares by township, as the page heads them.
SHARES: Mapping[str, str] = MappingProxyType(
    {VERIFIED: "核查按时率", COUNTY_DONE: "审批按时率", REPORTED: "季报按时率", VISITED: "走访覆盖率"}
)
#: Shares that tell of an office's own report and of no child.
_OF_OFFICES = frozenset({REPORTED})
QUARTERS_SHOWN = 6
WHOLE_COUNTY = "全县"
_PER_CENT = 100


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share in whole per cent. None: there was no occasion, or (`is_few`) so few that it is not told."""

    per_cent: int | None
    is_few: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A township's line, or the county's."""

    name: str
    children: Sequence[int | None]  #: by category, then all; None: hidden
    shares: Sequence[Share]


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """What the page shows."""

    quarter: Quarter
    quarters: Sequence[Quarter]  #: that may be asked for, the latest first
    categories: Sequence[str]
    rows: Sequence[Row]


def may_read(actor: Actor) -> bool:
    """Whether statistics are any of the person's business."""
    return bool(_grants(actor))


def _grants(actor: Actor) -> tuple[Grant, ...]:
    return tuple(grant for grant in actor.grants if grant.role in READERS)


def statistics(session: Session, actor: Actor, quarter: str | None, *, calendar: Calendar, now: datetime) -> Statistics:
    """The statistics of the person's area. Children are counted as they stand now, shares over the quarter.

    :param quarter: as `Quarter.name`; None or unknown: the present one.
    :raises NotAllowed: statistics are none of the person's business.
    """
    grants = _grants(actor)
    if not grants:
        raise NotAllowed("无权查看统计")
    offered = _quarters(county_day(now))
    chosen = next((each for each in offered if each.name == quarter), offered[0])
    towns = subtree(session, digits=TOWN_DIGITS)
    cells = hide(_counted(session, towns))
    found = count(session, _period(chosen, now), calendar)
    rows = [
        Row(name=town.name, children=cells[number], shares=_shares(found, {town.code}))
        for number, town in enumerate(towns)
        if any(covers(grant, town.code) for grant in grants)
    ]
    if any(len(grant.place) <= COUNTY_DIGITS for grant in grants):
        everywhere = _shares(found, {town.code for town in towns})
        rows.append(Row(name=WHOLE_COUNTY, children=cells[-1], shares=everywhere))
    return Statistics(quarter=chosen, quarters=offered, categories=tuple(CATEGORIES.values()), rows=rows)


def _counted(session: Session, towns: Sequence[Division]) -> list[list[int]]:
    """Children under protection: townships × categories. One without a category counts among the others (CX)."""
    query = (
        select(child.c.town_code, child.c.primary_category, func.count())
        .where(child.c.status.in_(sorted(COVERED)), child.c.sealed_hiv.is_(False))
        .group_by(child.c.town_code, child.c.primary_category)
    )
    codes = tuple(CATEGORIES)
    counted = {town.code: dict.fromkeys(codes, 0) for town in towns}
    rows: Any = session.execute(query)
    for town_code, category, number in rows:
        if town_code in counted:
            counted[town_code][category if category in codes else codes[-1]] += int(number)
    return [[counted[town.code][code] for code in codes] for town in towns]


def _quarters(today: date) -> tuple[Quarter, ...]:
    found, day = [], today
    for _ in range(QUARTERS_SHOWN):
        found.append(quarter_of(day))
        day = found[-1].first_day - timedelta(days=1)
    return tuple(found)


def _period(quarter: Quarter, now: datetime) -> Period:
    later = quarter.first_day + timedelta(days=31 * MONTHS_OF_A_QUARTER)
    return Period(start=quarter.first_day, end=quarter_of(later).first_day - timedelta(days=1), now=now)


def _shares(found: Sequence[Indicator], units: set[str]) -> tuple[Share, ...]:
    return tuple(_share([each for each in found if each.name == name and each.unit in units], name) for name in SHARES)


def _share(found: Sequence[Indicator], name: str) -> Share:
    met, total = sum(each.met for each in found), sum(each.total for each in found)
    if total == 0:
        return Share(per_cent=None)
    if total <= SMALL and name not in _OF_OFFICES:
        return Share(per_cent=None, is_few=True)
    return Share(per_cent=met * _PER_CENT // total)
