"""The county's roles: their codes, their Chinese names, and what each of them sees of a case (domain.md 1.2, 1.3, 6.1).

A role code is an inbox group. A person holds it for a place (`engine.access.Grant`); the place covers its subtree.
Who may *do* a task is said by the task itself (role, place, department); this file says who may *see* a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from engine.access import Actor, Grant, covers
from engine.access import Sight as Sight


@dataclass(frozen=True, kw_only=True)
class Department:
    """A county body that the plan names (domain.md 1.3)."""

    code: str
    name: str
    member: bool = False  #: of the 协调议事机构
    reviewer: bool = False  #: named by the plan for 复核
    judicial: bool = False  #: independent: gets 协作事项, never an overdue opinion
    service_only: bool = False  #: sees the service list only: no surname, no reason (6.1)


def _departments() -> Mapping[str, Department]:
    listed = (
        Department(code="MZJ", name="县民政局", member=True, reviewer=True),
        Department(code="FEGW", name="县妇儿工委办公室", member=True),
        Department(code="RSJ", name="县人力资源社会保障局", member=True, reviewer=True),
        Department(code="YBJ", name="县医疗保障局", reviewer=True),
        Department(code="WJJ", name="县卫生计生局", member=True, reviewer=True),
        Department(code="JKT", name="县教科体局", member=True, reviewer=True),
        Department(code="CL", name="县残联", member=True, reviewer=True),
        Department(code="GAJ", name="县公安局", member=True),
        Department(code="SFJ", name="县司法局", member=True),
        Department(code="CZJ", name="县财政局", member=True),
        Department(code="FY", name="县人民法院", judicial=True),
        Department(code="JCY", name="县人民检察院", judicial=True),
        Department(code="WMB", name="县文明办", member=True, service_only=True),
        Department(code="TXW", name="团县委", member=True, service_only=True),
        Department(code="FL", name="县妇联", member=True, service_only=True),
        Department(code="ZGH", name="县总工会", member=True, service_only=True),
        Department(code="GGW", name="县关工委", member=True, service_only=True),
        Department(code="FGJ", name="县发展改革局"),
        Department(code="ZJJ", name="县住房城乡规划建设局"),
        Department(code="ZFB", name="县政府办公室"),
        Department(code="ZDZX", name="县儿童福利服务指导中心"),
        Department(code="CPC", name="县未成年人救助保护中心"),
        Department(code="CWI", name="县儿童福利院"),
    )
    return MappingProxyType({department.code: department for department in listed})


DEPARTMENTS: Mapping[str, Department] = _departments()

#: The pseudo department by which table D3 sends a sealed file to the sealed reviewer of WJJ.
SEALED_REVIEW = "WJJ_SEALED"


class Level(StrEnum):
    """Where a role sits; the grant's place must be a code of that length."""

    PUBLIC = "public"  #: a citizen
    VILLAGE = "village"  #: 12 digits
    TOWN = "town"  #: 9 digits
    COUNTY = "county"  #: 6 digits
    PROGRAM = "program"  #: stands beside the county's roles; sees no case


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role code."""

    code: str
    name: str
    level: Level
    department: str | None = None
    signs: bool = False  #: a signing role: its holder may not be the handler of the same case


def _county_roles() -> tuple[Role, ...]:
    return (
        Role(code="applicant", name="申请人(监护人)", level=Level.PUBLIC),
        Role(code="reporter", name="报告人", level=Level.PUBLIC),
        Role(code="village_officer", name="儿童主任(儿童福利督导员)", level=Level.VILLAGE),
        Role(code="village_head", name="村(居)委会主要负责人", level=Level.VILLAGE, signs=True),
        Role(code="town_window", name="乡镇便民服务窗口", level=Level.TOWN),
        Role(code="town_officer", name="儿童督导员(乡镇经办)", level=Level.TOWN),
        Role(code="town_investigator", name="乡镇异议核查人", level=Level.TOWN),
        Role(code="town_leader", name="乡镇分管领导", level=Level.TOWN, signs=True),
        Role(code="town_head", name="乡镇人民政府主要负责人", level=Level.TOWN, signs=True),
        Role(code="town_convener", name="乡镇协调议事机构召集人", level=Level.TOWN, signs=True),
        Role(code="mzj_duty", name="县民政局值班员", level=Level.COUNTY, department="MZJ"),
        Role(code="mzj_sealed", name="县民政局涉密专办员", level=Level.COUNTY, department="MZJ"),
        Role(code="mzj_archivist", name="县民政局档案员", level=Level.COUNTY, department="MZJ"),
        Role(code="wjj_sealed", name="县卫健局(疾控)涉密核验员", level=Level.COUNTY, department="WJJ"),
        Role(code="cpc_staff", name="未成年人救助保护机构", level=Level.COUNTY, department="CPC"),
        Role(code="cwi_staff", name="儿童福利机构", level=Level.COUNTY, department="CWI"),
        Role(code="convener", name="协调议事机构召集人", level=Level.COUNTY, signs=True),
        Role(code="vice_convener", name="协调议事机构副召集人", level=Level.COUNTY, signs=True),
        Role(code="inspector", name="督查员", level=Level.COUNTY),
        Role(code="sys", name="系统", level=Level.PROGRAM),
        Role(code="auditor", name="审计员", level=Level.PROGRAM),
        Role(code="process_owner", name="流程管理员", level=Level.PROGRAM),
        Role(code="administrator", name="系统管理员", level=Level.PROGRAM),
        Role(code="security_admin", name="安全管理员", level=Level.PROGRAM),
    )


def _department_roles() -> tuple[Role, ...]:
    handlers = tuple(
        Role(
            code=f"{department.code.lower()}_handler",
            name=f"{department.name}经办人",
            level=Level.COUNTY,
            department=department.code,
        )
        for department in DEPARTMENTS.values()
    )
    leaders = tuple(
        Role(
            code=f"{department.code.lower()}_leader",
            name=f"{department.name}分管领导",
            level=Level.COUNTY,
            department=department.code,
            signs=True,
        )
        for department in DEPARTMENTS.values()
    )
    return handlers + leaders


ROLE: Mapping[str, Role] = MappingProxyType({role.code: role for role in _county_roles() + _department_roles()})

#: Every role code that a diagram may name.
ROLES: frozenset[str] = frozenset(ROLE)

#: Roles of officials: neither of citizens nor of the program.
OFFICIAL: frozenset[str] = frozenset(
    code for code, role in ROLE.items() if role.level not in (Level.PUBLIC, Level.PROGRAM)
)

#: Each of these is held alone among themselves, and beside no county role (domain.md 1.2; 等保 三员分立).
EXCLUSIVE: frozenset[str] = frozenset({"administrator", "security_admin", "auditor"})


def role_name(code: str) -> str:
    """The role's Chinese name; an unknown code is shown as it is."""
    role = ROLE.get(code)
    return role.name if role else code


def grants_conflict(codes: frozenset[str]) -> str | None:
    """Why these roles may not be held by one person, in words for the screen; None if they may."""
    alone = codes & EXCLUSIVE
    if len(alone) > 1:
        return "系统管理员、安全管理员、审计员三员分立,不得由一人兼任"
    if alone and len(codes) > 1:
        return f"{role_name(next(iter(alone)))}不得兼任其他角色"
    return None


@dataclass(frozen=True, kw_only=True)
class CaseScope:
    """What decides who sees a case; read from its row."""

    place: str  #: division code, 12 digits where known
    kind: str  #: application, exit, intervention …
    sealed_hiv: bool = False
    departments: frozenset[str] = frozenset()  #: departments with an open or delivered item
    owner: str | None = None  #: user id of the applicant who filed it
    archived: bool = False  #: its time of reading is over (6.3)
    active: bool = True  #: it runs, or protects its child still


#: Roles that see every unsealed case of their place, and how much.
AREA_SIGHT: Mapping[str, Sight] = MappingProxyType(
    {
        "village_officer": Sight.FILE,
        "village_head": Sight.FILE,
        "town_window": Sight.FILE,
        "town_officer": Sight.SENSITIVE,
        "town_leader": Sight.SENSITIVE,
        "town_head": Sight.SENSITIVE,
        "mzj_handler": Sight.SENSITIVE,
        "mzj_leader": Sight.SENSITIVE,
        "inspector": Sight.MASKED,
        "convener": Sight.CODED,
        "vice_convener": Sight.CODED,
        "town_convener": Sight.CODED,
    }
)

#: Roles of the area that read what is sensitive (L3) of active cases only; of others they see the ordinary file.
ONLY_ACTIVE: frozenset[str] = frozenset({"town_officer", "town_leader", "town_head"})

#: Who reads what lies in the archive; the area does no more (6.3).
ARCHIVE_SIGHT: Mapping[str, Sight] = MappingProxyType({"mzj_archivist": Sight.SENSITIVE})

#: Kinds that are protection cases: seen through an open task or by the roles below, never through the area.
PROTECTION_KINDS: frozenset[str] = frozenset({"intervention", "report", "custody", "restoration"})
PROTECTION_SIGHT: Mapping[str, Sight] = MappingProxyType({"mzj_duty": Sight.SENSITIVE})
#: Roles that see a protection case once their department has an item of it: the police its case, a shelter or a home
#: the child that it takes in, a court its matter.
PROTECTION_SIGHT_WITH_ITEM: Mapping[str, Sight] = MappingProxyType(
    {
        "gaj_handler": Sight.SENSITIVE,
        "cpc_staff": Sight.SENSITIVE,
        "cwi_staff": Sight.SENSITIVE,
        "fy_handler": Sight.FILE,
        "jcy_handler": Sight.FILE,
    }
)

#: An objection is seen by those who dispatch and decide it, without the objector; whoever investigates it sees it
#: through the open task. Nobody sees it by area, so that neither the applicant nor the verifier learns who objected.
OBJECTION_KINDS: frozenset[str] = frozenset({"objection"})
OBJECTION_SIGHT: Mapping[str, Sight] = MappingProxyType(
    {"town_leader": Sight.MASKED, "town_head": Sight.MASKED, "mzj_leader": Sight.MASKED}
)

#: An appeal is the county's affair; the township's leaders see it, its officers do not.
APPEAL_KINDS: frozenset[str] = frozenset({"appeal"})
APPEAL_SIGHT: Mapping[str, Sight] = MappingProxyType(
    {
        "mzj_handler": Sight.SENSITIVE,
        "mzj_leader": Sight.SENSITIVE,
        "town_leader": Sight.FILE,
        "town_head": Sight.FILE,
    }
)

#: A major matter may rest on a protection case: those who report and decide see it, ordinary handlers do not (M1).
MAJOR_KINDS: frozenset[str] = frozenset({"major"})
MAJOR_SIGHT: Mapping[str, Sight] = MappingProxyType(
    {"inspector": Sight.FILE, "mzj_leader": Sight.FILE, "convener": Sight.CODED, "vice_convener": Sight.CODED}
)

#: An item 交办事项 may come from a protection case: its office sees it, ordinary handlers of other offices do not (M1).
ITEM_KINDS: frozenset[str] = frozenset({"item"})
ITEM_SIGHT: Mapping[str, Sight] = MappingProxyType(
    {
        "mzj_duty": Sight.FILE,
        "mzj_leader": Sight.FILE,
        "inspector": Sight.MASKED,
        "convener": Sight.CODED,
        "vice_convener": Sight.CODED,
    }
)

#: Kinds of cases that the area does not open, each with the roles that see them.
SIGHT_BY_KIND: tuple[tuple[frozenset[str], Mapping[str, Sight]], ...] = (
    (PROTECTION_KINDS, PROTECTION_SIGHT),
    (OBJECTION_KINDS, OBJECTION_SIGHT),
    (APPEAL_KINDS, APPEAL_SIGHT),
    (MAJOR_KINDS, MAJOR_SIGHT),
    (ITEM_KINDS, ITEM_SIGHT),
)

#: Roles that see a sealed (HIV) file, and what the case must hold for it.
SEALED_SIGHT: Mapping[str, str | None] = MappingProxyType({"mzj_sealed": None, "wjj_sealed": SEALED_REVIEW})

#: Roles that learn of a sealed file only that it exists.
SEAL_KNOWN: frozenset[str] = frozenset({"mzj_handler", "mzj_leader"})


def _sight_by_item(grant: Grant, case: CaseScope) -> Sight:
    """What the department's own item of a case opens that the area does not open."""
    role = ROLE.get(grant.role)
    if role is None or role.department is None or role.department not in case.departments:
        return Sight.NONE
    if case.kind in PROTECTION_KINDS:
        return PROTECTION_SIGHT_WITH_ITEM.get(grant.role, Sight.NONE)
    if case.kind in ITEM_KINDS and grant.role.endswith(("_handler", "_leader", "_staff")):
        return Sight.CODED if DEPARTMENTS[role.department].service_only else Sight.FILE
    return Sight.NONE


def _grant_sight(grant: Grant, case: CaseScope) -> Sight:
    if not covers(grant, case.place):
        return Sight.NONE
    if case.sealed_hiv:
        if grant.role in SEALED_SIGHT:
            needed = SEALED_SIGHT[grant.role]
            return Sight.SEALED if needed is None or needed in case.departments else Sight.NONE
        return Sight.CODED if grant.role in SEAL_KNOWN else Sight.NONE
    for kinds, by_role in SIGHT_BY_KIND:
        if case.kind in kinds:
            return max(by_role.get(grant.role, Sight.NONE), _sight_by_item(grant, case))
    if case.archived:
        return ARCHIVE_SIGHT.get(grant.role, Sight.NONE)
    if grant.role in AREA_SIGHT:
        seen = AREA_SIGHT[grant.role]
        return min(seen, Sight.FILE) if grant.role in ONLY_ACTIVE and not case.active else seen
    role = ROLE.get(grant.role)
    if role is None or role.department is None or role.department not in case.departments:
        return Sight.NONE
    if not grant.role.endswith(("_handler", "_leader")):
        return Sight.NONE
    return Sight.CODED if DEPARTMENTS[role.department].service_only else Sight.FILE


def sight_by_task(role: str, department: str | None, kind: str) -> Sight:
    """What an open task of a case opens of its file to whoever may do it. In a protection case the task of a village,
    or of a body that sees the service list only, opens nothing but itself: its form says what it needs (6.1, M14)."""
    known = ROLE.get(role)
    body = DEPARTMENTS.get(department or (known.department if known else None) or "")
    is_service = body is not None and body.service_only
    if kind in PROTECTION_KINDS and (is_service or (known is not None and known.level == Level.VILLAGE)):
        return Sight.NONE
    return Sight.CODED if is_service else Sight.FILE


def sight(actor: Actor, case: CaseScope) -> Sight:
    """How much the actor sees of the case: the best of the grants; the applicant sees the own file."""
    if actor.is_system:
        return Sight.SEALED
    if case.owner is not None and case.owner == actor.id:
        return Sight.SENSITIVE
    return max((_grant_sight(grant, case) for grant in actor.grants), default=Sight.NONE)


#: Messages that the applicant, or who filed for the applicant, may send to the own case from its page.
OWNERS_MESSAGES: frozenset[str] = frozenset(
    {"MSG_SUPPLEMENT_SUBMITTED", "MSG_WITHDRAW", "MSG_EVIDENCE_ARRIVED", "MSG_EXIT_STATEMENT"}
)

#: Messages that an office may send to a case of its place which it sees: papers and withdrawals are also taken at the
#: window (1.2, P_B starts), statements on an exit by the township. What is not here comes from the program alone.
MESSAGE_SENDERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "MSG_SUPPLEMENT_SUBMITTED": frozenset({"town_window", "town_officer", "mzj_sealed"}),
        "MSG_WITHDRAW": frozenset({"town_window", "town_officer", "mzj_sealed"}),
        "MSG_EVIDENCE_ARRIVED": frozenset({"town_window", "town_officer"}),
        "MSG_NOTICE_ERROR": frozenset({"town_officer", "town_leader", "town_head"}),
        "MSG_JCY_RECOMMENDATION": frozenset({"jcy_handler", "mzj_handler"}),
        "MSG_TAKE_DOWN": frozenset({"town_officer", "town_leader", "town_head"}),
        "MSG_EXIT_STATEMENT": frozenset({"town_window", "town_officer", "mzj_sealed"}),
        "MSG_EXIT_CONTESTED": frozenset({"town_window", "town_officer"}),
    }
)
