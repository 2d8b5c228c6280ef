"""The numbers by which supervision 督查 judges: how a period went in each unit (P_J 6).

Legal clocks that were kept (DL-02, DL-04), quarterly reports in time (DL-06), average days, objections upheld, visits
done, how fast the police learned of reports, work that is overdue, escalations. Sealed files count nowhere (6.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    Numeric,
    Row,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from cases.case_files import case_file
from cases.deadlines import DeadlineCode, deadline
from cases.jurisdictions import TOWN_DIGITS, subtree, town_of
from cases.leads import escalations
from cases.objections import Ruling, objection
from cases.quarters import MONTHS_OF_A_QUARTER, Quarter, dates_of, quarter_of, quarter_report, visit
from cases.reports import report
from engine.calendar import Calendar, county_instant, due_at
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task

#: The whole county, for what has no unit below it.
WHOLE = "全县"
VERIFIED, VERIFY_DAYS, COUNTY_DONE, COUNTY_DAYS = "核查按时", "核查平均天数", "审批按时", "审批平均天数"
REPORTED, UPHELD, VISITED, POLICE = "季报按时", "异议成立", "走访完成", "报告通报按时"
POLICE_MINUTES, OVERDUE, ESCALATED, SCORE = "通报平均分钟", "逾期未办", "升级督办", "得分"

#: Minutes within which the police learn of a report (DL-22) [D].
POLICE_LIMIT = timedelta(minutes=10)
#: What costs points in a unit's score of a hundred [D]: a late or missing report, an escalation, overdue work.
POINTS: Mapping[str, int] = {REPORTED: 10, ESCALATED: 5, OVERDUE: 2, VERIFIED: 3}
FULL_SCORE = 100
supervision_indicator = Table(
    "supervision_indicator",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("unit", String(12), primary_key=True),
    Column("name", String(24), primary_key=True),
    Column("met", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("value", Numeric(10, 2), nullable=True),
    Column("counted_at", Instant, nullable=False),
)

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One number of one unit: so many of so many, or a value."""

    unit: str
    name: str
    met: int = 0
    total: int = 0
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days that are looked at, both included, and the instant at which open work is judged."""

    start: date
    end: date
    now: datetime

    @property
    def opens(self) -> datetime:
        return county_instant(self.start, datetime.min.time())

    @property
    def closes(self) -> datetime:
        return county_instant(self.end + timedelta(days=1), datetime.min.time())


def count(session: Session, period: Period, calendar: Calendar) -> tuple[Indicator, ...]:
    """All numbers of the period, by unit; a unit without an occasion has no row."""
    found = [
        *_clock(session, period, DeadlineCode.VERIFY, VERIFIED, VERIFY_DAYS),
        *_clock(session, period, DeadlineCode.COUNTY, COUNTY_DONE, COUNTY_DAYS),
        *_quarters(session, period, calendar),
        *_objections(session, period),
        *_visits(session, period),
        *_police(session, period),
        *_overdue(session, period),
        *_escalated(session, period),
    ]
    return (*found, *_scores(found))


def _town(column: Any) -> ColumnElement[str]:
    return func.substr(column, 1, TOWN_DIGITS)


def _clock(session: Session, period: Period, code: DeadlineCode, kept: str, days: str) -> Iterator[Indicator]:
    """A case's clock may have been set anew: it began with the first row, and the last one says whether it was kept."""
    query = (
        select(deadline.c.case_id, deadline.c.set_at, deadline.c.due_at, deadline.c.met_at, case_file.c.place)
        .join(case_file, case_file.c.id == deadline.c.case_id)
        .where(
            deadline.c.code == code,
            deadline.c.set_at >= period.opens,
            deadline.c.set_at < period.closes,
            case_file.c.sealed_hiv.is_(False),
        )
        .order_by(deadline.c.id)
    )
    began: dict[str, datetime] = {}
    last: dict[str, Row[Any]] = {}
    for row in session.execute(query):
        began.setdefault(row.case_id, row.set_at)
        last[row.case_id] = row
    by_town: dict[str, list[Row[Any]]] = {}
    for row in last.values():
        if row.met_at is not None or row.due_at < period.now:
            by_town.setdefault(town_of(row.place), []).append(row)
    for town, rows in sorted(by_town.items()):
        met = [row for row in rows if row.met_at is not None]
        yield Indicator(unit=town, name=kept, met=sum(1 for row in met if row.met_at <= row.due_at), total=len(rows))
        if met:
            yield Indicator(
                unit=town,
                name=days,
                total=len(met),
                value=_mean([(row.met_at - began[row.case_id]) / _DAY for row in met]),
            )


def _mean(values: Sequence[float]) -> Decimal:
    return Decimal(str(round(sum(values) / len(values), 2)))


def _quarters(session: Session, period: Period, calendar: Calendar) -> Iterator[Indicator]:
    """DL-06: a report that is missing counts like a late one."""
    due = {each: due_at(dates_of(each, calendar).report_due) for each in _quarters_in(period)}
    due = {each: at for each, at in due.items() if at <= period.now}
    if not due:
        return
    signed = {
        (row.town, row.year, row.quarter): row.signed_at
        for row in session.execute(
            select(quarter_report.c.town, quarter_report.c.year, quarter_report.c.quarter, quarter_report.c.signed_at)
        )
    }
    asked = {(year, quarter) for _, year, quarter in signed}
    for town in subtree(session, digits=TOWN_DIGITS):
        kept = [
            (at_signed := signed.get((town.code, each.year, each.number))) is not None and at_signed <= at
            for each, at in due.items()
            if (each.year, each.number) in asked
        ]
        if kept:
            yield Indicator(unit=town.code, name=REPORTED, met=sum(kept), total=len(kept))


def _quarters_in(period: Period) -> Iterator[Quarter]:
    each = quarter_of(period.start)
    while each.first_day <= period.end:
        if (each.year, each.last_month) <= (period.end.year, period.end.month):
            yield each
        later = each.number * MONTHS_OF_A_QUARTER // 12
        each = Quarter(year=each.year + later, number=each.number % 4 + 1)


def _objections(session: Session, period: Period) -> Iterator[Indicator]:
    query = (
        select(_town(case_file.c.place).label("unit"), objection.c.ruling.label("fact"))
        .join(case_file, case_file.c.id == objection.c.case_id)
        .where(objection.c.closed_at >= period.opens, objection.c.closed_at < period.closes)
    )
    yield from _shares(session, query, UPHELD, lambda ruling: ruling in (Ruling.UPHELD, Ruling.PARTLY))


def _visits(session: Session, period: Period) -> Iterator[Indicator]:
    query = (
        select(_town(case_file.c.place).label("unit"), visit.c.at.label("fact"))
        .join(case_file, case_file.c.id == visit.c.case_id)
        .where(
            case_file.c.opened_at >= period.opens,
            case_file.c.opened_at < period.closes,
            case_file.c.sealed_hiv.is_(False),
        )
    )
    yield from _shares(session, query, VISITED, lambda at: at is not None)


def _shares(session: Session, query: Select[Any], name: str, counts: Any) -> Iterator[Indicator]:
    """Rows with `unit` and `fact`: how many of each unit count."""
    found: dict[str, list[bool]] = {}
    for row in session.execute(query).mappings():
        found.setdefault(row["unit"], []).append(counts(row["fact"]))
    for unit, each in sorted(found.items()):
        yield Indicator(unit=unit, name=name, met=sum(each), total=len(each))


def _police(session: Session, period: Period) -> Iterator[Indicator]:
    """DL-22, for the county as a whole: a protection case belongs to no township's table (6.1)."""
    rows = session.execute(
        select(report.c.reported_at, report.c.police_informed_at).where(
            report.c.reported_at >= period.opens, report.c.reported_at < period.closes
        )
    ).all()
    took = [row.police_informed_at - row.reported_at for row in rows if row.police_informed_at is not None]
    if rows:
        met = sum(1 for each in took if each <= POLICE_LIMIT)
        yield Indicator(unit=WHOLE, name=POLICE, met=met, total=len(rows))
    if took:
        minutes = _mean([each / _MINUTE for each in took])
        yield Indicator(unit=WHOLE, name=POLICE_MINUTES, total=len(took), value=minutes)


def _overdue(session: Session, period: Period) -> Iterator[Indicator]:
    unit: ColumnElement[str] = func.coalesce(user_task.c.department, _town(user_task.c.place))
    query = (
        select(unit.label("unit"), func.count().label("number"))
        .join(case_file, case_file.c.id == user_task.c.case_id)
        .where(
            user_task.c.status == TaskStatus.OPEN,
            user_task.c.due_at < period.now,
            case_file.c.sealed_hiv.is_(False),
        )
        .group_by(unit)
    )
    for row in session.execute(query.order_by("unit")).mappings():
        yield Indicator(unit=row["unit"], name=OVERDUE, met=row["number"], total=row["number"])


def _escalated(session: Session, period: Period) -> Iterator[Indicator]:
    for unit, times in sorted(escalations(session, period.opens, period.closes).items()):
        yield Indicator(unit=unit, name=ESCALATED, met=len(times), total=len(times))


def _scores(found: Sequence[Indicator]) -> Iterator[Indicator]:
    """A hundred less what was late or missing; never below nought."""
    for unit in sorted({each.unit for each in found} - {WHOLE}):
        lost = sum(POINTS[each.name] * _failed(each) for each in found if each.unit == unit and each.name in POINTS)
        yield Indicator(unit=unit, name=SCORE, value=Decimal(max(0, FULL_SCORE - lost)))


def _failed(each: Indicator) -> int:
    return each.met if each.name in (OVERDUE, ESCALATED) else each.total - each.met


def keep(session: Session, case_id: str, found: Sequence[Indicator], *, now: datetime) -> None:
    """Enter the numbers of a supervision; an earlier count of it is replaced."""
    session.execute(delete(supervision_indicator).where(supervision_indicator.c.case_id == case_id))
    for each in found:
        session.execute(insert(supervision_indicator).values(case_id=case_id, counted_at=now, **vars(each)))


def in_words(found: Sequence[Indicator], names: Mapping[str, str]) -> str:
    """The numbers as the forms show them: a line per unit. `names`: the units' names."""
    lines = []
    for unit in sorted({each.unit for each in found}):
        parts = [_part(each) for each in found if each.unit == unit]
        lines.append(f"{names.get(unit, unit)}:{';'.join(parts)}")
    return "\n\n".join(lines) if lines else "本期没有可统计的办件"


def _part(each: Indicator) -> str:
    if each.value is not None:
        return f"{each.name} {each.value.normalize():f}"
    if each.name in (OVERDUE, ESCALATED):
        return f"{each.name} {each.met}"
    return f"{each.name} {each.met}/{each.total}"
