"""Leads 督查线索: what gives a supervision something to look into, and what is so grave that it cannot wait for one.

Inputs of P_J: complaints, mandatory reporters who kept silent (H1-7), privacy incidents, grave harm to a child, false
claims. Late work (R4) and missing quarterly reports are read from their own rows. A lead names no child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from cases.case_files import case_file
from cases.jurisdictions import TOWN_DIGITS
from cases.reminder_log import reminder_log
from engine.calendar import RungCode, county_day, county_instant
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.user_task import user_task

COMPLAINT, SILENT_REPORTER, PRIVACY, HARM, FALSE_CLAIM = (
    "投诉举报",
    "未履行强制报告",
    "隐私事件",
    "儿童伤亡",
    "骗取待遇",
)
#: The grave ones, by the words of the plan's 重大情况.
MAJOR_HARM, MAJOR_LEAK, MAJOR_RING, MAJOR_LATE = (
    "儿童死亡或者重伤",
    "大规模信息泄露",
    "团伙骗取待遇",
    "一个单位多次升级督办",
)
#: From so many persons on a leak, or a false claim, is a major one [D]; so many R4 in one unit and quarter.
LEAK_PERSONS, RING_PERSONS, LATE_TIMES = 10, 3, 3
QUARTER_MONTHS = 3

supervision_lead = Table(
    "supervision_lead",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=True, index=True),
    Column("kind", String(20), nullable=False),
    Column("unit", String(60), nullable=False),  #: a township, a department, or a body's name
    Column("content", String(1000), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("major", String(20), nullable=True),
    Column("known_at", Instant, nullable=False, index=True),
    Column("origin", String(120), nullable=False, unique=True),
    Column("handling", String(12), nullable=True),
)


def major_of(kind: str, persons: int) -> str | None:
    """Which major matter a lead is, if it is one."""
    if kind == HARM:
        return MAJOR_HARM
    if kind == PRIVACY and persons >= LEAK_PERSONS:
        return MAJOR_LEAK
    return MAJOR_RING if kind == FALSE_CLAIM and persons >= RING_PERSONS else None


def note(
    session: Session,
    *,
    kind: str,
    unit: str,
    content: str,
    origin: str,
    now: datetime,
    case_id: str | None = None,
    persons: int = 1,
) -> None:
    """Enter a lead; the same `origin` twice enters one row."""
    if session.execute(select(supervision_lead.c.id).where(supervision_lead.c.origin == origin)).first():
        return
    session.execute(
        insert(supervision_lead).values(
            case_id=case_id,
            kind=kind,
            unit=unit,
            content=content,
            persons=persons,
            major=major_of(kind, persons),
            known_at=now,
            origin=origin,
        )
    )


def handle(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the lead that a case is about."""
    session.execute(update(supervision_lead).where(supervision_lead.c.case_id == case_id).values(**values))


def between(session: Session, start: datetime, end: datetime) -> Sequence[RowMapping]:
    """The leads of a period, without those that were found to be nothing."""
    query = select(supervision_lead).where(supervision_lead.c.known_at >= start, supervision_lead.c.known_at < end)
    rows = session.execute(query.order_by(supervision_lead.c.id)).mappings()
    return tuple(row for row in rows if row["handling"] != "不予受理")


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A major matter that nobody opened yet."""

    slot: str
    matter: str
    unit: str
    known_at: datetime


def major_matters(session: Session, now: datetime) -> Sequence[Matter]:
    """What must reach the county government within a day: grave leads of the last year, so that an outage loses none,
    and units with three R4 in the quarter."""
    query = select(supervision_lead).where(
        supervision_lead.c.major.is_not(None), supervision_lead.c.known_at >= now - timedelta(days=366)
    )
    leads = [
        Matter(slot=f"lead:{row['id']}", matter=row["major"], unit=row["unit"], known_at=row["known_at"])
        for row in session.execute(query.order_by(supervision_lead.c.id)).mappings()
    ]
    return (*leads, *_late_units(session, now))


def escalated_this_quarter(session: Session, now: datetime) -> tuple[date, int]:
    """The first day of the quarter, and how often any unit's work was escalated (R4) since."""
    first = _first_of_quarter(now)
    times = escalations(session, county_instant(first, datetime.min.time()), now)
    return first, sum(len(each) for each in times.values())


def _first_of_quarter(now: datetime) -> date:
    today = county_day(now)
    return date(today.year, (today.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1, 1)


def _late_units(session: Session, now: datetime) -> Sequence[Matter]:
    first = _first_of_quarter(now)
    start = county_instant(first, datetime.min.time())
    found = []
    for unit, times in escalations(session, start, now).items():
        if len(times) >= LATE_TIMES:
            slot = f"late:{unit}:{first:%Y-%m}"
            found.append(Matter(slot=slot, matter=MAJOR_LATE, unit=unit, known_at=sorted(times)[LATE_TIMES - 1]))
    return tuple(found)


def escalations(session: Session, start: datetime, end: datetime) -> dict[str, list[datetime]]:
    """When each unit's work was escalated (R4) in a period. Sealed files are nobody's number (6.1)."""
    unit: ColumnElement[str] = func.coalesce(user_task.c.department, func.substr(user_task.c.place, 1, TOWN_DIGITS))
    rows = session.execute(
        select(unit.label("unit"), reminder_log.c.sent_at)
        .select_from(
            reminder_log.join(user_task, user_task.c.id == reminder_log.c.task_id).join(
                case_file, case_file.c.id == reminder_log.c.case_id
            )
        )
        .where(
            reminder_log.c.rung == RungCode.R4,
            reminder_log.c.sent_at >= start,
            reminder_log.c.sent_at <= end,
            case_file.c.sealed_hiv.is_(False),
        )
    )
    found: dict[str, list[datetime]] = {}
    for row in rows.mappings():
        found.setdefault(row["unit"], []).append(row["sent_at"])
    return found
