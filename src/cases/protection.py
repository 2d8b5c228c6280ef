"""Protection of a child: the intervention case and what hangs on it (domain.md P_H H1-H5, part 5).

Seen by nobody through the area (roles.PROTECTION_KINDS): who works on it sees what the open task needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from cases.jurisdictions import county_of
from engine.calendar import Calendar, Roll
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

#: 民法典 and 法发〔2014〕24号 in numbers; parameters of the county (domain.md 7).
TEMPORARY_MONTHS = 12  #: DL-27
ORDER_MONTHS = 6  #: DL-26
ORDER_REVIEW_DAYS = 5  #: DL-26
TRIAL_DAYS = 30  #: DL-31, expected only
CONTEST_DAYS = 30  #: DL-33
RESTORE_FROM_MONTHS, RESTORE_UNTIL_MONTHS = 3, 12  #: DL-32, advice only (M6)


def _case_id() -> Column[str]:
    return Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True)


#: What table D12 and the case meeting conclude, in words (H4 1).
OUTCOME_WORDS: Mapping[str, str] = {
    "RETURN": "送回监护人",
    "OTHER_GUARDIAN": "由其他监护人监护",
    "LONG_TERM": "民政部门长期监护",
    "APPLY_REVOCATION": "申请撤销监护人资格",
    "CONTINUE_TEMP": "延续临时监护",
}

#: The one conclusion that decides nothing: it may not be chosen once the year is over (M6).
EXTENSION = "CONTINUE_TEMP"

#: What the office is to a child whose guardian it is.
CIVIL_AFFAIRS = "民政部门"

#: The kind of the items that warn of the limit's end, and the fact that it runs no more (DL-27).
LIMIT_WARNING, ENDED = "到期预警", "temp_ended"

#: Has an item of the case while others than the office are to go to court.
PROCURATORATE = "JCY"

intervention_case = Table(
    "intervention_case",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("case_no", String(32), nullable=False, unique=True),
    Column("stage", String(2), nullable=False),
    Column("placement", String(20), nullable=True),
    Column("ground", String(8), nullable=True),
    Column("temp_from", Date, nullable=True),
    Column("temp_limit", Date, nullable=True),
    Column("decide_by", Date, nullable=True),
    Column("risk_level", String(2), nullable=True),
    Column("outcome", String(20), nullable=True),
    Column("care_form", String(12), nullable=True),
    Column("closed_on", Date, nullable=True),
)

handover = Table(
    "handover",
    metadata,
    Column("id", Integer, primary_key=True),
    _case_id(),
    Column("receiver_org", String(40), nullable=False),
    Column("receiver_person", String(60), nullable=False),
    Column("handed_at", Instant, nullable=False),
    Column("health_note", String(2000), nullable=False, server_default=""),
    Column("told_rights", Boolean, nullable=False),
    Column("by_id", String(40), nullable=False),
)

assessment = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    _case_id(),
    Column("assessed_on", Date, nullable=False),
    Column("assessors", String(240), nullable=False),
    Column("scores", Json, nullable=False),
    Column("risk_level", String(2), nullable=False),
    Column("guardian_attitude", String(12), nullable=False),
    Column("needs", Json, nullable=False),
    Column("findings", Json, nullable=False),
    Column("child_wish", Text, nullable=False),
    Column("by_id", String(40), nullable=False),
)

protection_order = Table(
    "protection_order",
    metadata,
    Column("id", Integer, primary_key=True),
    _case_id(),
    Column("applicant", String(60), nullable=False),
    Column("applied_at", Instant, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("result", String(20), nullable=True),
    Column("made_on", Date, nullable=True),
    Column("valid_to", Date, nullable=True),
    Column("review_until", Date, nullable=True),
    Column("measures", Json, nullable=False),
)

court_matter = Table(
    "court_matter",
    metadata,
    Column("id", Integer, primary_key=True),
    _case_id(),
    Column("kind", String(20), nullable=False),
    Column("applicant", String(60), nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("accepted_on", Date, nullable=False),
    Column("expected_by", Date, nullable=False),
    Column("result", String(20), nullable=True),
    Column("judgment_no", String(80), nullable=True),
    Column("effective_on", Date, nullable=True),
    Column("designated", String(80), nullable=True),
    Column("restore_from", Date, nullable=True),
    Column("restore_until", Date, nullable=True),
)

custody_inquiry = Table(
    "custody_inquiry",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("notice_no", String(32), nullable=False, unique=True),
    Column("detained_name", String(60), nullable=False),
    Column("detained_idcard", String(18), nullable=False),
    Column("custody_measure", String(20), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("custody_from", Date, nullable=False),
    Column("custody_to", Date, nullable=True),
    Column("child_where", String(120), nullable=False),
    Column("who_cares", String(80), nullable=False),
    Column("need_arrange", Boolean, nullable=False),
    Column("carer", Json, nullable=False),
)


def next_number(session: Session, column: Column[Any], letters: str, place: str, day: date) -> str:
    """Letters, county, year and a running number, unique by the column's constraint."""
    prefix = f"{letters}{county_of(place)}-{day.year}-"
    last = session.execute(select(func.max(column)).where(column.startswith(prefix, autoescape=True))).scalar()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def open_intervention(session: Session, case_id: str, *, place: str, day: date, stage: str) -> str:
    """Open the intervention case and return its coded number, the only name that others see."""
    case_no = next_number(session, intervention_case.c.case_no, "GA", place, day)
    session.execute(insert(intervention_case).values(case_id=case_id, case_no=case_no, stage=stage))
    return case_no


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the intervention case."""
    session.execute(update(intervention_case).where(intervention_case.c.case_id == case_id).values(**values))


def close(session: Session, case_id: str, on: date) -> None:
    """Note the day on which the case ended, if it is an intervention."""
    change(session, case_id, closed_on=on)


def enter(session: Session, table: Table, case_id: str, **values: object) -> None:
    """Enter a row of one of the tables here."""
    session.execute(insert(table).values(case_id=case_id, **values))


def latest(session: Session, table: Table, case_id: str) -> RowMapping | None:
    """The newest row of one of the tables here."""
    query = select(table).where(table.c.case_id == case_id).order_by(*(key.desc() for key in table.primary_key))
    return session.execute(query).mappings().first()


def change_latest(session: Session, table: Table, case_id: str, **values: object) -> None:
    """Set columns of the newest row."""
    row = latest(session, table, case_id)
    if row is not None:
        session.execute(update(table).where(table.c.id == row["id"]).values(**values))


def decide_by(session: Session, case_id: str) -> date | None:
    """The last day of temporary guardianship on which its end is decided; None while there is none."""
    row = latest(session, intervention_case, case_id)
    return row["decide_by"] if row is not None else None


def limits(calendar: Calendar, start: date) -> Mapping[str, date]:
    """Until when temporary guardianship may last, and the working day by which its end is decided: a limit that
    protects the child never moves forward (0.4-6, DL-27)."""
    return {
        "temp_from": start,
        "temp_limit": calendar.add_months(start, TEMPORARY_MONTHS).end,
        "decide_by": calendar.add_months(start, TEMPORARY_MONTHS, Roll.BACK).end,
    }
