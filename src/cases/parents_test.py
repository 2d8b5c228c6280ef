"""事实无人抚养, asked again: whether the parents, as the file knows them today, still leave a child without care (C2).

Pure: the parents' states go in, an answer comes out. It tells of no custody and no illness: a township reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.calendar import Calendar

#: DL-34: custody of so many months counts, and nobody is missing before so many have passed.
THRESHOLD_MONTHS = 6
#: A parent of these is no more; one of the others cannot care as long as the state lasts.
GONE = frozenset({"死亡", "宣告失踪", "宣告失踪或死亡", "查找不到"})
IN_CUSTODY = frozenset({"服刑", "强制戒毒", "其他限制自由", "其他限制人身自由"})
MISSING = "失联"
UNABLE = IN_CUSTODY | {MISSING, "重残", "重病", "撤销监护", "遣送出境"}
CARING = "健在"


class Care(StrEnum):
    """What one parent's state means for the child."""

    GONE = "已不在"
    UNABLE = "仍不能履行抚养义务"
    ABLE = "已可履行抚养义务"
    UNKNOWN = "情况不详"


class Outcome(StrEnum):
    """What both together mean."""

    ORPHAN = "父母均已不在,应按孤儿核查"
    STANDS = "仍符合事实无人抚养条件"
    ENDED = "不再符合事实无人抚养条件,不当然退出,请核查其他类别"
    UNKNOWN = "父母情况不全,请逐一核实"


@dataclass(frozen=True, kw_only=True)
class Parent:
    """How a parent is, since when and until when."""

    status: str
    start: date | None
    end: date | None


def care_of(parent: Parent | None, today: date, calendar: Calendar) -> Care:
    """What the parent's state means today. A day of release that has come ends it; without one it goes on."""
    if parent is None or parent.status not in GONE | UNABLE | {CARING}:
        return Care.UNKNOWN
    if parent.status in GONE:
        return Care.GONE
    lasts = parent.status in UNABLE and (parent.end is None or today < parent.end)
    return Care.UNABLE if lasts and _counts(parent, today, calendar) else Care.ABLE


def _counts(parent: Parent, today: date, calendar: Calendar) -> bool:
    """Whether it is long enough (DL-34); a day that nobody entered is not held against the child."""
    if parent.start is None:
        return True
    reached = calendar.add_months(parent.start, THRESHOLD_MONTHS).end
    if parent.status == MISSING:
        return today >= reached
    return parent.status not in IN_CUSTODY or parent.end is None or parent.end >= reached


def outcome_of(father: Care, mother: Care) -> Outcome:
    """C2 needs both: each gone or unable, and one of them at least unable (domain.md 2)."""
    both = {father, mother}
    if Care.ABLE in both:
        return Outcome.ENDED
    if Care.UNKNOWN in both:
        return Outcome.UNKNOWN
    return Outcome.ORPHAN if both == {Care.GONE} else Outcome.STANDS


def told(cares: Mapping[str, Care], outcome: Outcome) -> str:
    """The test in words: 父:…;母:…。…"""
    return f"{';'.join(f'{which}:{care}' for which, care in cares.items())}。{outcome}。"
