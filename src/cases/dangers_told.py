"""What reports and protection cases tell of a child's danger, for whoever was let in to save it (domain.md 6.1: case
files are L4 as sealed ones are; 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, or_, select

from cases.case_files import case_file
from cases.protection import intervention_case
from cases.reports import SITUATION_WORDS, report
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class DangerTold:
    """One report, without the person who made it."""

    report_no: str
    level: str
    location: str
    situations: Sequence[str]
    suspect: str
    injuries: str

    @property
    def in_words(self) -> str:
        """Everything in one line."""
        said = [SITUATION_WORDS.get(each, each) for each in self.situations]
        parts = (self.report_no, self.level, "、".join(said), self.location, self.suspect, self.injuries)
        return " · ".join(part for part in parts if part)


def reports_of(session: Session, *, child_id: str | None, idcard: str) -> tuple[DangerTold, ...]:
    """Every report about the child with this file or id number, the latest first."""
    about = report.c.child_idcard == idcard
    if child_id is not None:
        about = or_(about, case_file.c.child_id == child_id)
    query = (
        select(report)
        .join(case_file, case_file.c.id == report.c.case_id)
        .where(about)
        .order_by(report.c.reported_at.desc())
    )
    return tuple(_told(row) for row in session.execute(query).mappings())


def placement_of(session: Session, child_id: str) -> str:
    """Where the child was placed by its latest open protection case; empty when there is none."""
    query = (
        select(intervention_case.c.placement)
        .join(case_file, case_file.c.id == intervention_case.c.case_id)
        .where(case_file.c.child_id == child_id, case_file.c.closed_at.is_(None))
        .order_by(case_file.c.opened_at.desc())
    )
    return str(session.scalar(query.limit(1)) or "")


def _told(row: RowMapping) -> DangerTold:
    return DangerTold(
        report_no=row["report_no"],
        level=row["level"] or "",
        location=row["location"],
        situations=tuple(row["situations"]),
        suspect=row["suspect"] or "",
        injuries=row["injuries"] or "",
    )
