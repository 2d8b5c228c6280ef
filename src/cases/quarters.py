"""The quarterly update 季度动态更新: one report per township and quarter, one visit per child (P_G, DL-06)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from cases.case_files import case_file
from cases.children import child
from cases.exits import COVERED, exit_case
from cases.veils import veil
from engine.calendar import Calendar, county_instant
from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import VeiledJson

quarter_report = Table(
    "quarter_report",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("town", String(9), nullable=False),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("children", Integer, nullable=False),
    Column("added", Integer, nullable=True),
    Column("changed", Integer, nullable=True),
    Column("exited", Integer, nullable=True),
    Column("zero_report", Boolean, nullable=True),
    Column("merged_at", Instant, nullable=True),
    Column("signed_at", Instant, nullable=True),
    Column("accepted_at", Instant, nullable=True),
    UniqueConstraint("town", "year", "quarter"),
)

#: A visit to a child: its case, and what was found once somebody was there.
visit = Table(
    "visit",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("campaign_id", String(40), nullable=True, index=True),
    Column("found", VeiledJson("visit.found", typed=True), nullable=True),
    Column("changes", VeiledJson("visit.changes"), nullable=False),
    Column("exit_clue", String(2), nullable=True),
    Column("risk_found", Boolean, nullable=True),
    Column("by_name", String(60), nullable=True),
    Column("at", Instant, nullable=True),
)

#: At least so many of a hundred visits are checked by the township [D].
SPOT_CHECK_PERCENT = 10
MONTHS_OF_A_QUARTER = 3
VILLAGE_DAY, TOWN_DAY = 15, 25


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """A quarter of a year; its data are reported in its last month."""

    year: int
    number: int

    @property
    def last_month(self) -> int:
        return self.number * MONTHS_OF_A_QUARTER

    @property
    def first_day(self) -> date:
        return date(self.year, self.last_month - MONTHS_OF_A_QUARTER + 1, 1)

    @property
    def last_day(self) -> date:
        return month_end(date(self.year, self.last_month, 1))

    def before(self, number: int) -> Quarter:
        """The quarter that lies so many quarters before this one."""
        year, index = divmod(self.year * 4 + self.number - 1 - number, 4)
        return Quarter(year=year, number=index + 1)

    @property
    def name(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When a quarter's steps are due. Month-bound dates never move forward: they are rolled back (0.4-6)."""

    opens_on: date
    village_due: date
    merge_due: date
    report_due: date


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def quarter_of(day: date) -> Quarter:
    """The quarter that holds the day."""
    return Quarter(year=day.year, number=(day.month - 1) // MONTHS_OF_A_QUARTER + 1)


def dates_of(quarter: Quarter, calendar: Calendar) -> Dates:
    """Opening on the first working day of the last month; village by the 15th, township by the 25th, county by the last
    working day."""
    year, month = quarter.year, quarter.last_month
    return Dates(
        opens_on=calendar.roll_forward(date(year, month, 1)),
        village_due=calendar.roll_back(date(year, month, VILLAGE_DAY)),
        merge_due=calendar.roll_back(date(year, month, TOWN_DAY)),
        report_due=calendar.last_workday_of_month(year, month),
    )


def covered_in(session: Session, town: str, before: date) -> Sequence[RowMapping]:
    """The children under protection in a township who were recognised before that day."""
    rows = session.execute(
        select(child)
        .where(child.c.town_code == town, child.c.status.in_(sorted(COVERED)), child.c.enrolled_on < before)
        .order_by(child.c.archive_no)
    )
    return tuple(rows.mappings())


def enter_report(session: Session, case_id: str, *, town: str, quarter: Quarter, children: int) -> None:
    """Enter the report of a case that was just opened."""
    session.execute(
        insert(quarter_report).values(
            case_id=case_id, town=town, year=quarter.year, quarter=quarter.number, children=children
        )
    )


def find_report(session: Session, case_id: str) -> RowMapping:
    """The report of a case.

    :raises NotFound: the case is no quarterly update.
    """
    row = session.execute(select(quarter_report).where(quarter_report.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是季度更新")
    return row


def report_of(session: Session, town: str, quarter: Quarter) -> str | None:
    """The case of a township's report for the quarter, if it was opened."""
    return session.execute(
        select(quarter_report.c.case_id).where(
            quarter_report.c.town == town,
            quarter_report.c.year == quarter.year,
            quarter_report.c.quarter == quarter.number,
        )
    ).scalar()


def takes_visits(session: Session, case_id: str) -> bool:
    """Whether the township has not put the quarter's visits together yet."""
    query = select(quarter_report.c.case_id).where(
        quarter_report.c.case_id == case_id, quarter_report.c.merged_at.is_(None)
    )
    return session.execute(query).first() is not None


def change_report(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the report."""
    session.execute(update(quarter_report).where(quarter_report.c.case_id == case_id).values(**values))


def enter_visit(session: Session, case_id: str, *, child_id: str, kind: str, campaign_id: str | None) -> None:
    """Enter a visit that is to be made."""
    session.execute(
        insert(visit).values(case_id=case_id, child_id=child_id, kind=kind, campaign_id=campaign_id, changes=[])
    )


def record_visit(session: Session, case_id: str, **values: object) -> None:
    """Enter what was found."""
    told = veil(session, visit, values, case_id=case_id)
    session.execute(update(visit).where(visit.c.case_id == case_id).values(**told))


def child_of_visit(session: Session, case_id: str) -> str:
    """Whose visit it is.

    :raises NotFound: the case is no visit.
    """
    found = session.scalar(select(visit.c.child_id).where(visit.c.case_id == case_id))
    if found is None:
        raise NotFound(f"办件 {case_id} 不是走访")
    return str(found)


def visits_left(session: Session, campaign_id: str, place: str) -> int:
    """How many children of a place were not visited yet; sealed files are not the village's."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(visit.join(case_file, case_file.c.id == visit.c.case_id))
            .where(
                visit.c.campaign_id == campaign_id,
                visit.c.at.is_(None),
                case_file.c.place == place,
                case_file.c.sealed_hiv.is_(False),
            )
        )
        or 0
    )


def spot_checks_needed(session: Session, campaign_id: str) -> int:
    """How many visits the township must check itself; sealed files are no visits of its own, and a number that told of
    one would betray it (M2)."""
    done = session.scalar(ordinary_visits(campaign_id, func.count(visit.c.at)))
    return ceil(int(done or 0) * SPOT_CHECK_PERCENT / 100)


def counts(session: Session, case_id: str) -> Mapping[str, Any]:
    """Added, changed and exited children of the report's quarter, as the files say. The township signs them, so
    sealed files count in none of them: a number that its own ledger does not bear out would tell of one (M2)."""
    row = find_report(session, case_id)
    quarter = Quarter(year=row["year"], number=row["quarter"])
    start = quarter.first_day
    end = date(start.year + start.month // 10, (start.month + MONTHS_OF_A_QUARTER - 1) % 12 + 1, 1)
    return {
        "added": _count(
            session,
            child,
            child.c.town_code == row["town"],
            child.c.sealed_hiv.is_(False),
            child.c.enrolled_on >= start,
            child.c.enrolled_on < end,
        ),
        "changed": sum(
            1
            for (changes,) in session.execute(ordinary_visits(case_id, visit.c.changes))
            if changes and list(changes) != ["无变化"]
        ),
        "exited": _count(
            session,
            exit_case.join(case_file, case_file.c.id == exit_case.c.case_id),
            case_file.c.place.startswith(row["town"], autoescape=True),
            case_file.c.end_state == "EXITED",
            case_file.c.sealed_hiv.is_(False),
            case_file.c.closed_at >= _midnight(start),
            case_file.c.closed_at < _midnight(end),
        ),
    }


def ordinary_visits(case_id: str, *columns: Any) -> Select[Any]:
    """The visits of a campaign but those to children with a sealed file."""
    return (
        select(*columns)
        .select_from(visit.join(case_file, case_file.c.id == visit.c.case_id))
        .where(visit.c.campaign_id == case_id, case_file.c.sealed_hiv.is_(False))
    )


def visits_by_village(session: Session, case_id: str) -> Mapping[str, tuple[int, int]]:
    """How many children of each village are on the campaign's list, and how many were visited; no sealed files."""
    query = ordinary_visits(case_id, case_file.c.place, func.count(), func.count(visit.c.at))
    rows: Any = session.execute(query.group_by(case_file.c.place).order_by(case_file.c.place))
    return {place: (int(listed), int(done)) for place, listed, done in rows}


def _count(session: Session, source: Any, *conditions: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(source).where(*conditions)) or 0)


def _midnight(day: date) -> datetime:
    return county_instant(day, datetime.min.time())
