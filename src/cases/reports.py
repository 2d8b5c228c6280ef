"""Reports 强制报告 of a child in danger, and what becomes of them (domain.md P_H H1, part 5).

Every file here is case-sensitive: it names its child in no list, and its number stands for it everywhere outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, RowMapping, String, Table, func, insert, select, update

from cases.jurisdictions import county_of
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.seals import SealedJson
from engine.store.session import Session

report = Table(
    "report",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("report_no", String(32), nullable=False, unique=True),
    Column("found_at", Instant, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("location", String(240), nullable=False),
    Column("child_name", String(60), nullable=True),
    Column("child_idcard", String(18), nullable=True),
    Column("approx_age", Integer, nullable=True),
    Column("sex", String(2), nullable=True),
    Column("situations", Json, nullable=False),
    Column("flags", Json, nullable=False),
    Column("suspect", String(120), nullable=True),
    Column("injuries", String(4000), nullable=True),
    Column("mandatory", Boolean, nullable=False),
    Column("reported_to_police", Boolean, nullable=False),
    Column("police_receipt", String(80), nullable=True),
    Column("reporter", SealedJson("report.reporter"), nullable=False),
    Column("level", String(2), nullable=True),
    Column("level_reason", String(1200), nullable=True),
    Column("merged_into", String(32), nullable=True),
    Column("same_as", String(32), nullable=True),  #: the running case of the same child, until the desk has decided
    Column("police_informed_at", Instant, nullable=True),
    Column("police_noticed_at", Instant, nullable=True),
    Column("finding", String(12), nullable=True),
    Column("fed_back_at", Instant, nullable=True),  #: when whoever reported was answered
    Column("fed_back_way", String(20), nullable=True),
)

#: The flags that table D10 reads.
FLAGS = (
    "life_threat",
    "ongoing_violence",
    "sexual",
    "missing_or_trafficked",
    "abandoned",
    "alone_under8",
    "suspected_abuse_or_neglect",
)

#: M4: what a situation says by itself. A situation sets a flag and never takes one away.
FLAG_OF_SITUATION: Mapping[str, str] = {
    "S1": "sexual",
    "S2": "sexual",
    "S3": "sexual",
    "S4": "suspected_abuse_or_neglect",
    "S5": "life_threat",
    "S6": "abandoned",
    "S7": "missing_or_trafficked",
    "S8": "suspected_abuse_or_neglect",
    "S9": "suspected_abuse_or_neglect",
    "失踪": "missing_or_trafficked",
    "疑似遭受家庭暴力": "suspected_abuse_or_neglect",
    "不履行监护责任": "suspected_abuse_or_neglect",
}

#: The nine situations in the words of the report's form; the other situations are words themselves.
SITUATION_WORDS: Mapping[str, str] = {
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

#: Most urgent first; the number says how urgent.
LEVELS = ("L1", "L2", "L3")
LEVEL_NAMES: Mapping[str, str] = {"L1": "特急(红)", "L2": "紧急(橙)", "L3": "一般(黄)"}


def flags_of(fields: Mapping[str, Any], situations: tuple[str, ...]) -> Mapping[str, bool]:
    """The flags of a report: what was ticked, and what the situations say (M4)."""
    told = {FLAG_OF_SITUATION[each] for each in situations if each in FLAG_OF_SITUATION}
    return {name: fields.get(name) is True or name in told for name in FLAGS}


def level_of(flags: Mapping[str, bool]) -> str:
    """Table D10 in brief, for the comparison with what the desk confirms."""
    if any(flags[name] for name in FLAGS if name != "suspected_abuse_or_neglect"):
        return "L1"
    return "L2" if flags["suspected_abuse_or_neglect"] else "L3"


#: DL-22 in minutes; a direct danger does not wait for the level.
RESPOND_MINUTES: Mapping[str, int] = {"L1": 30, "L2": 120, "L3": 1440}
DIRECT_DANGER, DIRECT_MINUTES = ("life_threat", "ongoing_violence"), 10


def minutes_of(flags: Mapping[str, bool], level: str) -> int:
    """How soon a report of this level is answered: table D10's minutes, also for a level above the table's (M4)."""
    return DIRECT_MINUTES if is_direct(flags) else RESPOND_MINUTES[level]


def is_direct(flags: Mapping[str, bool]) -> bool:
    """Whether a life is in danger at this moment."""
    return any(flags[name] for name in DIRECT_DANGER)


def is_lower(level: str, than: str) -> bool:
    """Whether a level is less urgent than another."""
    return LEVELS.index(level) > LEVELS.index(than)


def next_number(session: Session, place: str, day: date) -> str:
    """BG, county, year and a running number, e.g. BG519927-2025-0001: the name by which others know the case."""
    prefix = f"BG{county_of(place)}-{day.year}-"
    last = session.execute(
        select(func.max(report.c.report_no)).where(report.c.report_no.startswith(prefix, autoescape=True))
    ).scalar()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def file_report(session: Session, case_id: str, **values: object) -> None:
    """Enter a report."""
    session.execute(insert(report).values(case_id=case_id, **values))


def find_report(session: Session, case_id: str) -> RowMapping:
    """The report of a case.

    :raises NotFound: the case began with no report.
    """
    row = session.execute(select(report).where(report.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 没有报告")
    return row


def case_of(session: Session, report_no: str) -> str | None:
    """The case of the report of this number, if there is one."""
    found = session.scalar(select(report.c.case_id).where(report.c.report_no == report_no))
    return None if found is None else str(found)


def merged_into(session: Session, case_id: str) -> str | None:
    """The number of the report that this case's report was joined to; None also where it began with no report."""
    found = session.scalar(select(report.c.merged_into).where(report.c.case_id == case_id))
    return None if found is None else str(found)


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the report."""
    session.execute(update(report).where(report.c.case_id == case_id).values(**values))
