"""What reports and protection cases tell of a child's danger, for whoever was let in to save it (domain.md 6.1: case
files are L4 as sealed ones are; 6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import RowMapping, or_, select

from cases.case_files import case_file
from cases.protection import intervention_case
from cases.reports import report
from engine.store.session import Session

#: The nine situations of 强制报告意见 by their letters in the report's form; others stand there in words.
SITUATIONS: Mapping[str, str] = MappingProxyType(
    {
        "S1": "生殖器官或隐私部位非正常损伤",
        "S2": "不满14周岁的女性疑似遭受性侵害、怀孕、流产",
        "S3": "14周岁以上女性疑似遭受性侵害所致怀孕、流产",
        "S4": "多处损伤、严重营养不良、意识不清",
        "S5": "自杀、自残、工伤、中毒等非正常伤残、死亡",
        "S6": "被遗弃或者长期处于无人照料状态",
        "S7": "来源不明、失踪或者被拐卖、收买",
        "S8": "被组织乞讨",
        "S9": "其他严重侵害或者面临危险的情形",
    }
)


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
        said = [SITUATIONS.get(each, each) for each in self.situations]
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
