"""The children of the demo county (演示): all invented. Each tells how far its application has come, and when.

The days lie around National Day 2025, so that 调休 shows in every deadline; the demonstration opens on 2025-10-16.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.idcard import check_digit
from engine.clock import COUNTY_ZONE

#: Where the demonstration's clock stands when it opens: a Thursday morning.
OPENING = datetime(2025, 10, 16, 9, 0, tzinfo=COUNTY_ZONE)


class Deed(StrEnum):
    """What happens to an application, in the order of the straight path."""

    APPLY = "apply"  #: files the application
    FORWARD_VILLAGE = "forward_village"  #: the village hands an entrusted one on
    CHECK = "check"  #: complete
    CHECK_MISSING = "check_missing"  #: papers are missing
    VISIT = "visit"  #: fits
    VISIT_REFUSE = "visit_refuse"  #: does not fit
    REVIEW = "review"
    SIGN = "sign"
    POST = "post"
    FORWARD = "forward"
    JKT = "jkt"
    JKT_SIGN = "jkt_sign"
    CONSOLIDATE = "consolidate"
    FINAL_SIGN = "final_sign"
    SERVE = "serve"
    DELIVER_MZJ = "deliver_mzj"
    DELIVER_RSJ = "deliver_rsj"
    DELIVER_WJJ = "deliver_wjj"
    DELIVER_JKT = "deliver_jkt"
    FEEDBACK = "feedback"


@dataclass(frozen=True, kw_only=True)
class DemoChild:
    """An invented child and the course of its application."""

    name: str
    birth: date
    sequence: int  #: of the id number; odd: a boy
    place: str
    category: str
    guardian: str
    relation: str
    course: tuple[tuple[Deed, datetime], ...]
    entrusted: bool = False
    parents: tuple[str, str] = ("健在", "健在")
    illness: str | None = None

    @property
    def idcard(self) -> str:
        first = f"519927{self.birth:%Y%m%d}{self.sequence:03d}"
        return first + check_digit(first)


def _course(*told: tuple[Deed, str]) -> tuple[tuple[Deed, datetime], ...]:
    return tuple((deed, datetime.fromisoformat(f"2025-{at}").replace(tzinfo=COUNTY_ZONE)) for deed, at in told)


_STRAIGHT = (
    Deed.APPLY,
    Deed.CHECK,
    Deed.VISIT,
    Deed.REVIEW,
    Deed.SIGN,
    Deed.POST,
    Deed.FORWARD,
    Deed.JKT,
    Deed.JKT_SIGN,
    Deed.CONSOLIDATE,
    Deed.FINAL_SIGN,
    Deed.SERVE,
    Deed.DELIVER_MZJ,
    Deed.DELIVER_WJJ,
    Deed.DELIVER_RSJ,
    Deed.DELIVER_JKT,
    Deed.FEEDBACK,
)


def _straight(*at: str) -> tuple[tuple[Deed, datetime], ...]:
    """As far along the straight path as there are instants."""
    return _course(*zip(_STRAIGHT, at, strict=False))


DEMO_CHILDREN: tuple[DemoChild, ...] = (
    DemoChild(
        name="林诗涵",
        birth=date(2013, 5, 20),
        sequence=12,
        place="519927101001",
        category="C5",
        guardian="林大勇",
        relation="父",
        course=_straight(
            "08-11 09:00",
            "08-11 10:30",
            "08-13 15:00",
            "08-14 09:00",
            "08-15 10:00",
            "08-18 09:30",
            "08-26 09:30",
            "08-27 10:00",
            "08-28 10:00",
            "08-29 10:00",
            "09-01 15:00",
            "09-03 10:00",
            "09-08 10:00",
            "09-09 10:00",
            "09-10 10:00",
            "09-12 10:00",
            "10-09 10:00",
        ),
    ),
    DemoChild(
        name="孙宇航",
        birth=date(2012, 8, 3),
        sequence=15,
        place="519927101002",
        category="C5",
        guardian="孙德才",
        relation="祖父母",
        course=_straight(
            "09-10 10:00",
            "09-10 15:00",
            "09-12 15:00",
            "09-15 09:00",
            "09-16 10:00",
            "09-16 15:00",
            "09-24 09:40",
            "09-25 10:00",
            "09-26 10:00",
            "09-28 10:00",
            "09-29 15:00",
            "10-10 10:00",
            "10-13 10:00",
            "10-14 10:00",
        ),
    ),
    DemoChild(
        name="周梓涵",
        birth=date(2014, 11, 2),
        sequence=26,
        place="519927101004",
        category="C5",
        guardian="周国富",
        relation="父",
        course=_straight(
            "09-19 10:00",
            "09-19 15:00",
            "09-22 15:00",
            "09-23 09:00",
            "09-24 10:00",
            "09-24 15:20",
            "10-10 09:20",
            "10-13 11:00",
            "10-14 11:00",
            "10-15 11:00",
        ),
    ),
    DemoChild(
        name="张小明",
        birth=date(2015, 3, 11),
        sequence=1,
        place="519927101001",
        category="C5",
        guardian="王建国",
        relation="其他监护人",
        course=_straight(
            "09-24 10:10",
            "09-24 15:30",
            "09-28 10:30",
            "09-29 09:30",
            "09-30 10:00",
            "09-30 15:00",
            "10-15 10:05",
        ),
    ),
    DemoChild(
        name="陈子轩",
        birth=date(2011, 1, 17),
        sequence=33,
        place="519927101003",
        category="C4",
        guardian="陈老根",
        relation="祖父母",
        parents=("死亡", "重残"),
        course=_straight("10-09 09:00", "10-09 10:00", "10-10 15:00", "10-11 09:00", "10-11 16:00", "10-13 09:30"),
    ),
    DemoChild(
        name="赵欣怡",
        birth=date(2016, 6, 9),
        sequence=44,
        place="519927101001",
        category="C1",
        guardian="赵长贵",
        relation="祖父母",
        parents=("死亡", "死亡"),
        course=_straight("10-10 09:00", "10-10 10:00", "10-13 15:30", "10-14 09:00", "10-15 10:30"),
    ),
    DemoChild(
        name="刘佳怡",
        birth=date(2010, 12, 25),
        sequence=28,
        place="519927102001",
        category="C5",
        guardian="刘福",
        relation="父",
        course=_straight("10-11 09:00", "10-11 11:00", "10-15 16:00"),
    ),
    DemoChild(
        name="王浩然",
        birth=date(2018, 4, 30),
        sequence=7,
        place="519927101001",
        category="C3",
        guardian="王海",
        relation="父",
        illness="先天性心脏病",
        course=_straight("10-13 09:10", "10-13 14:00"),
    ),
    DemoChild(
        name="郑雅琪",
        birth=date(2012, 2, 14),
        sequence=62,
        place="519927101003",
        category="C5",
        guardian="郑有田",
        relation="父",
        course=_straight("10-09 09:30", "10-09 16:00"),
    ),
    DemoChild(
        name="李思雨",
        birth=date(2013, 9, 5),
        sequence=18,
        place="519927101002",
        category="C4",
        guardian="陈桂兰",
        relation="外祖父母",
        parents=("失联", "死亡"),
        course=_straight("10-15 10:30"),
    ),
    DemoChild(
        name="吴俊杰",
        birth=date(2014, 7, 21),
        sequence=9,
        place="519927102002",
        category="C5",
        guardian="吴满仓",
        relation="父",
        course=_course((Deed.APPLY, "10-13 10:00"), (Deed.CHECK_MISSING, "10-14 09:30")),
    ),
    DemoChild(
        name="马小梅",
        birth=date(2009, 9, 30),
        sequence=46,
        place="519927201001",
        category="C4",
        guardian="马成",
        relation="父",
        course=_course(
            (Deed.APPLY, "10-09 10:00"),
            (Deed.CHECK, "10-09 15:00"),
            (Deed.VISIT_REFUSE, "10-13 16:00"),
            (Deed.REVIEW, "10-14 09:40"),
            (Deed.SIGN, "10-15 09:30"),
        ),
    ),
    DemoChild(
        name="何小虎",
        birth=date(2017, 10, 8),
        sequence=31,
        place="519927101002",
        category="C5",
        guardian="何守义",
        relation="祖父母",
        entrusted=True,
        course=_course((Deed.APPLY, "10-15 14:00")),
    ),
)
