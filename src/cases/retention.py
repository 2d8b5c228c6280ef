"""How long a file stays open to its readers (domain.md 6.3): while protected; read-only for twelve months after the
exit; then in the archive, for the bureau's archivist with a purpose. The periods are the county's parameters [D]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from cases.case_files import case_file
from cases.children import OVER, ChildStatus, child
from cases.parameters import parameters
from engine.access import Actor
from engine.calendar import county_day
from engine.errors import NotAllowed, Refused
from engine.store import audit
from engine.store.session import Session


class Keeping(StrEnum):
    """Where a file stands."""

    ACTIVE = "active"  #: worked on
    READ_ONLY = "read-only"  #: over, still read by the area
    ARCHIVED = "archived"  #: the archivist's
    DISPOSABLE = "disposable"  #: its time in the archive is over; the archive office decides


@dataclass(frozen=True, kw_only=True)
class Periods:
    """Months that files are kept; the county's archive office sets them."""

    read_only: int = 12  #: after the exit, or the end of an application
    refused: int = 36  #: a refused or lapsed application altogether
    archive: int = 360  #: a child's file in the archive


#: What takes a file up anew: help that is asked for, and a remedy. A report of danger has its own way (`take_out`).
REOPENING = frozenset({"application", "relief", "appeal"})
#: A child that never got beyond the application has its file as long as that.
_NEVER_COVERED = frozenset({ChildStatus.SURVEYED})
#: Files that one run puts away at most.
BATCH = 200


def periods_of(session: Session) -> Periods:
    """The county's periods in force."""
    county = parameters(session)
    return Periods(
        read_only=county.keep_read_only_months, refused=county.keep_refused_months, archive=county.keep_archive_months
    )


def reopen(session: Session, row: Mapping[Any, Any], *, kind: str) -> None:
    """A person begins a case of this kind on the file. One whose protection is over is only read, but by what takes it
    up anew; that takes it out of the archive, too.

    :raises Refused: the file is read-only, or in the archive.
    """
    if not (row["archived"] or row["status"] in OVER):
        return
    if kind in REOPENING:
        take_out(session, row["id"])
        return
    where = "已归档" if row["archived"] else "已退出保障,档案只读"
    raise Refused(f"该儿童{where},不能再变更;情况有变的,请先提出新的申请,有危险的请立即报告")


def keeping(ended_on: date | None, today: date, *, refused: bool = False, periods: Periods | None = None) -> Keeping:
    """Where a file stands on a day. `ended_on`: the county's day of the exit or of the last case's end; None: it is
    worked on. `refused`: nothing was granted."""
    periods = periods or Periods()
    if ended_on is None or today < ended_on:
        return Keeping.ACTIVE
    if today < months_after(ended_on, periods.read_only):
        return Keeping.READ_ONLY
    last = periods.refused if refused else periods.read_only + periods.archive
    return Keeping.ARCHIVED if today < months_after(ended_on, last) else Keeping.DISPOSABLE


def months_after(day: date, months: int) -> date:
    """The corresponding day, or the month's last (domain.md 0.4-6, without rolling)."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def file_away(session: Session, *, actor: Actor, now: datetime, periods: Periods | None = None) -> int:
    """Put into the archive every child's file with its cases whose read-only time is over, each with a line in the
    audit; returns how many."""
    if not actor.is_system:
        raise NotAllowed("由系统办理")
    today, put = county_day(now), 0
    periods = periods or periods_of(session)
    for row in session.execute(_candidates()).all():
        stands = keeping(county_day(row.ended_at), today, refused=row.status in _NEVER_COVERED, periods=periods)
        if stands in (Keeping.ARCHIVED, Keeping.DISPOSABLE):
            _set(session, row.id, archived=True)
            audit.record(session, actor=actor, action="child.archive", target=row.id, now=now)
            put += 1
    return put


def take_out(session: Session, child_id: str) -> None:
    """The file is worked on again: a new application, or a report of danger.

    :raises Refused: it was disposed of in the moment before; the row is locked until then.
    """
    _set(session, child_id, archived=False)
    if session.scalar(sa.select(child.c.disposed).where(child.c.id == child_id)):
        raise Refused("该儿童的旧档案保存期满,刚刚销毁,请重新提出申请")


def _set(session: Session, child_id: str, *, archived: bool) -> None:
    session.execute(sa.update(child).where(child.c.id == child_id).values(archived=archived))
    session.execute(sa.update(case_file).where(case_file.c.child_id == child_id).values(archived=archived))


def _candidates() -> sa.Select[tuple[str, str, datetime]]:
    """Children outside of protection whose cases have all ended, with the end of the last."""
    ended = sa.func.max(case_file.c.closed_at).label("ended_at")
    return (
        sa.select(child.c.id, child.c.status, ended)
        .join(case_file, case_file.c.child_id == child.c.id)
        .where(child.c.archived.is_(False), child.c.status.in_([*OVER, *_NEVER_COVERED]))
        .group_by(child.c.id, child.c.status)
        .having(sa.func.count() == sa.func.count(case_file.c.closed_at))
        .order_by(ended)
        .limit(BATCH)
    )
