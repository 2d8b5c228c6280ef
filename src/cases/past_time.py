"""Which files are past their time (domain.md 6.3): archived, over in every respect, kept as long as the county says.

A child for whom anything is still done is never listed: an open case of any kind, a report of danger that names its
number, a benefit that runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.children import ChildStatus, child
from cases.erasing import cases_of
from cases.retention import Keeping, Periods, keeping, months_after, periods_of
from engine.calendar import county_day
from engine.store.session import Session

_OVER = frozenset({ChildStatus.LEFT, ChildStatus.MOVED, ChildStatus.DECEASED})
#: What ended before anything was granted leaves the child as the survey knew it.
_REFUSED = frozenset({ChildStatus.SURVEYED})


class Why(StrEnum):
    """Which period is over."""

    REFUSED = "未获认定,保存期满"
    ARCHIVE = "退出保障,保存期满"


@dataclass(frozen=True, kw_only=True)
class PastTime:
    """A file whose time is over."""

    child_id: str
    archive_no: str
    why: Why
    until: date  #: the first day on which it is over
    cases: int


def past(
    session: Session,
    *,
    place: str,
    sealed: bool,
    now: datetime,
    but: sa.Select[tuple[str]] | None = None,
    only: sa.ColumnElement[bool] | None = None,
) -> list[PastTime]:
    """The files of a place that are past their time on the county's day of `now`. `but`: children left out; `only`: a
    narrower choice of them. For `disposals`, which asks who wants to know."""
    today, periods = county_day(now), periods_of(session)
    # The shorter period at least: what ended later than this is not read.
    shortest = min(periods.refused, periods.read_only + periods.archive)
    query = _candidates(place, sealed, today, last=now - timedelta(days=28 * shortest))
    if but is not None:
        query = query.where(child.c.id.not_in(but))
    if only is not None:
        query = query.where(only)
    found = []
    for row in session.execute(query).all():
        refused, ended_at, number = row.status in _REFUSED, *_end_of_all(session, row.id, row.idcard)
        ended_on = county_day(ended_at) if ended_at else None
        if ended_on and keeping(ended_on, today, refused=refused, periods=periods) is Keeping.DISPOSABLE:
            why, until = Why.REFUSED if refused else Why.ARCHIVE, _over_on(ended_on, refused, periods)
            found.append(PastTime(child_id=row.id, archive_no=row.archive_no, why=why, until=until, cases=number))
    return found


def _end_of_all(session: Session, child_id: str, idcard: str | None) -> tuple[datetime | None, int]:
    """When the last of a child's cases ended, and how many there are; None: one is open."""
    mine = sa.select(case_file.c.closed_at).where(case_file.c.id.in_(cases_of(child_id, idcard)))
    ends = session.execute(mine).scalars().all()
    return (None if None in ends else max(ends)), len(ends)


def _over_on(ended_on: date, refused: bool, periods: Periods) -> date:
    return months_after(ended_on, periods.refused if refused else periods.read_only + periods.archive)


def _candidates(place: str, sealed: bool, today: date, last: datetime) -> sa.Select[tuple[str, ...]]:
    """Archived files outside of protection, all of whose cases have ended and whose benefits have stopped."""
    month = f"{today:%Y-%m}"
    running = sa.exists().where(
        benefit_item.c.child_id == child.c.id,
        sa.or_(benefit_item.c.stop_month.is_(None), benefit_item.c.stop_month > month),
    )
    return (
        sa.select(child.c.id, child.c.archive_no, child.c.status, child.c.idcard)
        .join(case_file, case_file.c.child_id == child.c.id)
        .where(
            child.c.town_code.startswith(place, autoescape=True),
            child.c.sealed_hiv.is_(sealed),
            child.c.archived.is_(True),
            child.c.disposed.is_(False),
            child.c.status.in_([*_OVER, *_REFUSED]),
            sa.not_(running),
        )
        .group_by(child.c.id, child.c.archive_no, child.c.status, child.c.idcard)
        .having(
            sa.func.count() == sa.func.count(case_file.c.closed_at),
            sa.func.max(case_file.c.closed_at) <= last,
        )
    )
