"""恢复监护: whoever lost the guardianship by judgment asks to have it back (民法典38; P_H H4 7, DL-32, M6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Date, ForeignKey, RowMapping, String, Table, insert, select, update

from cases import protection
from engine.calendar import Calendar
from engine.store.base import Json, metadata
from engine.store.session import Session

#: 法发〔2014〕24号 38 in words: advice, never a ground to refuse (M6).
EARLY, WITHIN, LATE = "早于这一期间", "在这一期间内", "晚于这一期间"

restoration_request = Table(
    "restoration_request",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("request_no", String(32), nullable=False, unique=True),
    Column("source_case_id", String(40), ForeignKey("case_file.id"), nullable=True),
    Column("revocation_no", String(80), nullable=False),
    Column("requester_was", String(12), nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("revoked_on", Date, nullable=False),
    Column("restore_from", Date, nullable=False),
    Column("restore_until", Date, nullable=False),
    Column("barred", Json, nullable=False),
    Column("advice", String(12), nullable=True),
    Column("result", String(20), nullable=True),
    Column("judgment_no", String(80), nullable=True),
    Column("effective_on", Date, nullable=True),
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Between which days a request is usually made (DL-32)."""

    revoked_on: date
    opens: date
    ends: date

    def says_of(self, day: date) -> str:
        """Where a request of this day stands: `EARLY`, `WITHIN` or `LATE`."""
        return EARLY if day < self.opens else LATE if day > self.ends else WITHIN


def window(calendar: Calendar, revoked_on: date) -> Window:
    """Three months to a year after the revocation."""
    months = calendar.add_months
    return Window(
        revoked_on=revoked_on,
        opens=months(revoked_on, protection.RESTORE_FROM_MONTHS).end,
        ends=months(revoked_on, protection.RESTORE_UNTIL_MONTHS).end,
    )


def revocation(session: Session, judgment_no: str) -> RowMapping | None:
    """The judgment of this number that revoked somebody's standing, if a case of the county entered it."""
    matter = protection.court_matter
    query = select(matter).where(matter.c.judgment_no == judgment_no, matter.c.restore_from.is_not(None))
    return session.execute(query.order_by(matter.c.id.desc())).mappings().first()


def enter(session: Session, case_id: str, **values: object) -> None:
    """Enter a request."""
    session.execute(insert(restoration_request).values(case_id=case_id, barred=[], **values))


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the request."""
    session.execute(update(restoration_request).where(restoration_request.c.case_id == case_id).values(**values))


def request_of(session: Session, case_id: str) -> RowMapping | None:
    """The request of this case."""
    query = select(restoration_request).where(restoration_request.c.case_id == case_id)
    return session.execute(query).mappings().first()
