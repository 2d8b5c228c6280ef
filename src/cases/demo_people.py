"""The people of the demo county (演示): all invented, one for every role that the flow needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.divisions import COUNTY
from cases.people import add_person, person
from cases.roles import ROLE
from engine.access import Actor, Grant, covers
from engine.errors import NotFound
from engine.store.session import Session

MARK = "(演示)"


@dataclass(frozen=True, kw_only=True)
class DemoUser:
    """Somebody who can log in to the demonstration."""

    user_name: str
    name: str
    unit: str
    grants: tuple[Grant, ...]

    @property
    def actor(self) -> Actor:
        return Actor(id=self.user_name, name=self.name, unit=self.unit, grants=self.grants)


def _user(user_name: str, name: str, unit: str, *held: tuple[str, str]) -> DemoUser:
    grants = tuple(Grant(role=role, place=place, department=ROLE[role].department) for role, place in held)
    return DemoUser(user_name=user_name, name=name, unit=f"{unit}{MARK}", grants=grants)


def _town(prefix: str, town: str, code: str, names: tuple[str, str, str, str, str, str]) -> tuple[DemoUser, ...]:
    """A township's people: village officer and village head of all its villages, window, officer, leader, head."""
    village, chief, window, officer, leader, head = names
    codes = tuple(f"{code}{number:03d}" for number in range(1, 5))
    unit = f"{town}人民政府"
    return (
        _user(f"{prefix}_village", village, f"{town}各村(社区)", *(("village_officer", each) for each in codes)),
        _user(f"{prefix}_chief", chief, f"{town}各村(居)委会", *(("village_head", each) for each in codes)),
        _user(f"{prefix}_window", window, f"{town}便民服务中心", ("town_window", code), ("town_investigator", code)),
        _user(f"{prefix}_officer", officer, unit, ("town_officer", code)),
        _user(f"{prefix}_leader", leader, unit, ("town_leader", code)),
        _user(f"{prefix}_head", head, unit, ("town_head", code), ("town_convener", code)),
    )


def _department(code: str, handler: str, leader: str) -> tuple[DemoUser, ...]:
    prefix = code.lower()
    unit = ROLE[f"{prefix}_handler"].name.removesuffix("经办人")
    return (
        _user(f"{prefix}_handler", handler, unit, (f"{prefix}_handler", COUNTY)),
        _user(f"{prefix}_leader", leader, unit, (f"{prefix}_leader", COUNTY)),
    )


DEMO_USERS: tuple[DemoUser, ...] = (
    _user("wang_guardian", "王建国", "青川镇青山村村民", ("applicant", "519927101001")),
    _user("chen_guardian", "陈桂兰", "青川镇石门村村民", ("applicant", "519927101002")),
    _user("school_teacher", "许文", "青川镇中心小学", ("reporter", "519927101001")),
    *_town("qingchuan", "青川镇", "519927101", ("陈秀英", "吴有成", "张丽", "赵敏", "孙立", "周强")),
    *_town("baishui", "白水镇", "519927102", ("罗春", "梁安", "何静", "钱进", "冯涛", "马骏")),
    *_town("yuntai", "云台乡", "519927201", ("彭秋", "龙泉生", "曾燕", "谢军", "袁华", "邓平")),
    *_department("MZJ", "韩梅", "杨帆"),
    _user("mzj_archivist", "庄严", "县民政局档案室", ("mzj_archivist", COUNTY)),
    _user("mzj_duty", "金波", "县民政局值班室", ("mzj_duty", COUNTY)),
    _user("mzj_sealed_a", "陶然", "县民政局涉密专办", ("mzj_sealed", COUNTY)),
    _user("mzj_sealed_b", "曹颖", "县民政局涉密专办", ("mzj_sealed", COUNTY)),
    _user("wjj_sealed", "戚薇", "县疾控中心", ("wjj_sealed", COUNTY)),
    *_department("JKT", "吴芳", "郑伟"),
    *_department("RSJ", "冯军", "褚平"),
    *_department("WJJ", "卫兰", "蒋涛"),
    *_department("CL", "沈洁", "韩冰"),
    *_department("GAJ", "沈刚", "朱明"),
    *_department("SFJ", "秦岚", "尤勇"),
    *_department("CZJ", "许诚", "何磊"),
    *_department("FY", "吕正", "施恩"),
    *_department("FL", "孔莉", "姜红"),
    *_department("FEGW", "范晓", "彭岚"),
    *_department("YBJ", "鲁明", "韦清"),
    *_department("JCY", "昌正", "马兰"),
    *_department("WMB", "苗青", "凤鸣"),
    *_department("TXW", "花蕾", "方向"),
    *_department("ZGH", "俞力", "任重"),
    *_department("GGW", "袁老根", "柳长青"),
    *_department("FGJ", "酆展", "鲍春"),
    *_department("ZJJ", "史建", "唐宇"),
    *_department("ZFB", "费文", "廉洁"),
    *_department("ZDZX", "岑心", "薛导"),
    *_department("CPC", "雷护", "贺安"),
    *_department("CWI", "倪爱", "汤和"),
    _user("cpc_staff", "华安", "县未成年人救助保护中心", ("cpc_staff", COUNTY)),
    _user("cwi_staff", "魏暖", "县儿童福利院", ("cwi_staff", COUNTY)),
    _user("convener", "严明", "县政府", ("convener", COUNTY)),
    _user("vice_convener", "石坚", "县政府办公室", ("vice_convener", COUNTY)),
    _user("inspector", "董查", "县妇儿工委办公室", ("inspector", COUNTY)),
    _user("auditor", "丁实", "县审计局", ("auditor", COUNTY)),
    _user("process_owner", "顾程", "县民政局信息中心", ("process_owner", "")),
    _user("administrator", "管宁", "县大数据中心", ("administrator", "")),
    _user("security_admin", "安稳", "县大数据中心", ("security_admin", "")),
)


def holder(role: str, place: str) -> DemoUser:
    """The first demo user who holds the role for the place.

    :raises NotFound: nobody does.
    """
    for user in DEMO_USERS:
        if any(grant.role == role and covers(grant, place) for grant in user.grants):
            return user
    raise NotFound(f"演示县没有 {role} ({place})")


def is_there(session: Session) -> bool:
    """Whether this database holds demo people: production must not open such a one."""
    return session.scalar(select(person.c.id).where(person.c.demo.is_(True)).limit(1)) is not None


def enter_people(session: Session, *, password_hash: str, now: datetime) -> None:
    """Enter the log-ins. They come last: they are the sign that the demo county is complete. One hash serves all."""
    for user in DEMO_USERS:
        add_person(
            session,
            person_id=user.user_name,
            user_name=user.user_name,
            name=user.name,
            unit=user.unit,
            password_hash=password_hash,
            now=now,
            grants=user.grants,
            demo=True,
        )
