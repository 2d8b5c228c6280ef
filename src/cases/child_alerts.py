"""What whoever opens a child's file must see first, above its tabs (domain.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select

from cases.deadlines import deadline
from cases.roles import PROTECTION_KINDS, Sight
from cases.seen_children import SeenChild
from engine.calendar import county_day
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """What whoever opens the file must see first."""

    protection: bool  #: a protection case is open that the reader knows of
    overdue: int  #: legal time limits that have passed, of cases that the reader knows of
    no_publicity: bool  #: nothing about this child is ever put on a board
    review_overdue: bool  #: the yearly look at the conditions is late


def alerts(session: Session, found: SeenChild, cases: Sequence[RowMapping], now: datetime) -> Alerts:
    """What to say above a file, of what its reader may know; `now` decides what is late."""
    late = select(func.count()).where(
        deadline.c.case_id.in_([each["id"] for each in cases]), deadline.c.met_at.is_(None), deadline.c.due_at < now
    )
    review = found.row["next_review_on"]
    return Alerts(
        protection=any(each["kind"] in PROTECTION_KINDS and each["closed_at"] is None for each in cases),
        overdue=int(session.scalar(late) or 0),
        no_publicity=bool(found.row["no_publicity"]) and found.seen >= Sight.SENSITIVE,
        review_overdue=review is not None and review < county_day(now) and found.by_area >= Sight.FILE,
    )
