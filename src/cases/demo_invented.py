"""Invents children for the demo county (演示): any number, each one out of the seed and its own number alone.

So the same seed gives the same county, whatever the number of children and however often the loading was cut short.
No name is a real person's; the card numbers carry the county code 519927, which is not allotted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from cases.demo_children import OPENING
from cases.divisions import DEMO_DIVISIONS
from cases.idcard import check_digit
from cases.jurisdictions import VILLAGE_DIGITS
from engine.calendar import county_day, county_instant, reaches_age_on

DEFAULT_SEED = 519927
#: Nobody comes of age within the first weeks, and nobody is younger than the day's youngest.
YOUNGEST, OLDEST = date(2025, 6, 1), date(2008, 1, 20)
_DAYS = (YOUNGEST - OLDEST).days
#: Coprime to the number of days, so that numbers in a row are born far apart.
_STRIDE = 4_421
#: Card numbers below belong to the children whose stories are told.
_FIRST_SEQUENCE = 200
#: The survey began then.
_FIRST_DAY = date(2021, 3, 1)
_LAST_DAY = date(2025, 7, 31)

VILLAGES = tuple(code for code, _ in DEMO_DIVISIONS if len(code) == VILLAGE_DIGITS)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_FIRST = "子欣雨梓浩思佳宇诗嘉俊雅心可一明晓书若安文天宏志海春秋冬云青"
_SECOND = "涵怡轩辰然琪瑶彤航宁睿妍霖杰悦萱泽琳峰洁阳梅虎兰竹松荷石玉山"
_ELDERS = ("德", "长", "大", "国", "有", "桂", "秀", "老", "福", "满")
_ELDERS_SECOND = ("才", "贵", "勇", "富", "田", "兰", "英", "根", "仓", "成")
_ILLNESSES = ("先天性心脏病", "白血病", "肾病综合征", "血友病", "再生障碍性贫血")

SURVEYED, PROTECTED, LEFT, MOVED, DECEASED = "摸底登记", "保障中", "退出", "转出", "死亡"
_STATUSES = ((82, PROTECTED), (90, LEFT), (93, MOVED), (94, DECEASED), (100, SURVEYED))
_CATEGORIES = ((12, "C1"), (32, "C2"), (50, "C3"), (60, "C4"), (100, "C5"))
_FATES = ("服刑", "强制戒毒", "失联", "重残", "重病")


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What is known of a parent."""

    status: str = "健在"
    end_date: date | None = None  #: of a sentence or treatment


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A child, with all from which its file is written."""

    number: int
    name: str
    sex: str
    birth: date
    idcard: str
    place: str
    family: int  #: number of the family's first child: brothers and sisters share the household
    household_size: int
    year_income: int
    dibao: bool
    guardian: str
    relation: str
    father: Parent
    mother: Parent
    category: str
    status: str
    illness: str | None
    disability: tuple[str, int] | None  #: kind and level
    stage: str
    applied_at: datetime
    decided_on: date
    left_on: date | None
    visited_at: datetime | None

    @property
    def town(self) -> str:
        return self.place[:9]

    @property
    def applied_on(self) -> date:
        return county_day(self.applied_at)


def invent(number: int, *, seed: int = DEFAULT_SEED) -> Invented:
    """The child of this number (from 0)."""
    own = Random(f"{seed}:child:{number}")  # noqa: S311 - invented people are no secret
    family = number - 1 if number % 4 == 3 else number
    kin = Random(f"{seed}:family:{family}")  # noqa: S311
    surname, place = kin.choice(_SURNAMES), kin.choice(VILLAGES)
    birth = OLDEST + timedelta(days=number * _STRIDE % _DAYS)
    boy = own.random() < 0.5
    category = _category(own, birth)
    status = _pick(own, _STATUSES)
    decided_on = _decided(own, birth)
    left_on = _left(own, decided_on) if status in (LEFT, MOVED, DECEASED) else None
    father, mother = _parents(own, category)
    kept = father.status == "健在" and mother.status == "健在"
    relation = kin.choice(("父", "母")) if kept else kin.choice(("祖父母", "外祖父母"))
    return Invented(
        number=number,
        name=surname + own.choice(_FIRST) + own.choice(_SECOND),
        sex="男" if boy else "女",
        birth=birth,
        idcard=_card(number, birth, boy=boy),
        place=place,
        family=family,
        household_size=kin.randint(2, 6),
        year_income=kin.randrange(6_000, 30_000, 100),
        dibao=category in ("C4", "C5"),
        guardian=kin.choice(_SURNAMES if relation == "外祖父母" else surname)
        + kin.choice(_ELDERS)
        + kin.choice(_ELDERS_SECOND),
        relation=relation,
        father=father,
        mother=mother,
        category=category,
        status=status,
        illness=own.choice(_ILLNESSES) if category == "C3" and number % 2 else None,
        disability=(own.choice(("听力", "肢体", "智力", "视力")), own.randint(1, 2))
        if category == "C3" and not number % 2
        else None,
        stage=_stage(birth),
        applied_at=county_instant(decided_on - timedelta(days=own.randint(16, 28)), _office_hour(own)),
        decided_on=decided_on,
        left_on=left_on,
        visited_at=county_instant(date(2025, 9, own.randint(1, 15)), _office_hour(own))
        if status == PROTECTED and own.random() < 0.95
        else None,
    )


def _pick(random: Random, steps: tuple[tuple[int, str], ...]) -> str:
    drawn = random.randrange(100)
    return next(name for limit, name in steps if drawn < limit)


def _category(random: Random, birth: date) -> str:
    """特困 support of children ends at sixteen: the older ones fall under another category."""
    drawn = _pick(random, _CATEGORIES)
    return "C5" if drawn == "C4" and reaches_age_on(birth, 16) <= OPENING.date() + timedelta(days=7) else drawn


def _decided(random: Random, birth: date) -> date:
    first = max(_FIRST_DAY, birth + timedelta(days=40))
    return first + timedelta(days=random.randrange(max(1, (_LAST_DAY - first).days)))


def _left(random: Random, decided_on: date) -> date:
    return decided_on + timedelta(days=random.randrange(1, max(2, (date(2025, 9, 30) - decided_on).days)))


def _parents(random: Random, category: str) -> tuple[Parent, Parent]:
    if category == "C1":
        return Parent(status="死亡"), Parent(status="死亡")
    if category == "C4":
        return Parent(status="死亡"), Parent(status="重残")
    if category != "C2":
        return Parent(), Parent()
    fate = random.choice(_FATES)
    until = date(2026, 1, 15) + timedelta(days=random.randrange(1_200)) if fate in ("服刑", "强制戒毒") else None
    return Parent(status=fate, end_date=until), Parent(status=random.choice(("死亡", "失联")))


def _stage(birth: date) -> str:
    age = OPENING.year - birth.year - ((birth.month, birth.day) > (9, 1))
    return "待入学" if age < 6 else "义务教育" if age < 15 else "普通高中" if birth.day % 3 else "职高"


def _office_hour(random: Random) -> time:
    return time(random.randint(9, 16), random.randrange(0, 60, 5))


def _card(number: int, birth: date, *, boy: bool) -> str:
    """No two alike: who shares a birthday has the next pair of sequence numbers."""
    first = f"519927{birth:%Y%m%d}{_FIRST_SEQUENCE + number // _DAYS * 2 + boy:03d}"
    return first + check_digit(first)
