"""Who is reminded at which rung (domain.md 0.6): the roles first, then the people who hold them now.

R0 and R1 the doer (everybody who may do it, while nobody has taken it); R2 also the other doers of the unit; R3 the
unit's leader, with a copy to 县民政局; R4 the conveners and the inspectors. A sealed file is pressed for inside its own
circle only, and a citizen's task by nobody but the citizen.

By the hour (LADDER_H) it is whoever is on duty who is addressed; where a desk stands empty, everybody who holds the
role, and the log says so. Who stands in for somebody absent is told as well (`reminding`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cases.duty_desks import DESK_OF, DESKS
from cases.duty_roster import Shift
from cases.people import person, role_grant
from cases.reminders import LADDER_H
from cases.roles import ROLE, Level
from engine.access import Grant, Target, covers
from engine.calendar import RungCode
from engine.store.session import Session

#: Who leads whoever holds the role; for departments it is `{dept}_leader`.
LEADER_OF: Mapping[str, tuple[str, ...]] = {
    "village_officer": ("village_head", "town_leader"),
    "village_head": ("town_leader",),
    "town_leader": ("town_head",),
    "town_head": ("town_head",),
    "mzj_duty": ("mzj_leader",),
    "cpc_staff": ("cpc_leader", "mzj_leader"),
    "cwi_staff": ("cwi_leader", "mzj_leader"),
}
COUNTY_COPY, PROTECTION_COPY = "mzj_handler", "mzj_leader"
PROTECTION_DESKS = ("mzj_leader", "mzj_duty", "gaj_handler")
CONVENERS, INSPECTOR = ("convener", "vice_convener"), "inspector"
#: The only ones beside the doers who may learn that a sealed file is late; they know that it exists (6.1).
SEALED_CIRCLE = ("mzj_sealed", "mzj_leader")
#: Before anything is late, nobody but the doer is told.
_TO_THE_DOER = (RungCode.R0, RungCode.R1)


@dataclass(frozen=True, kw_only=True)
class Late:
    """The task that is reminded of, and what its case is."""

    role: str
    place: str
    department: str | None
    assignee: str | None
    ladder: str
    sealed: bool = False
    protected: bool = False  #: of a protection case: ordinary handlers never learn of it (M1)
    owner: str | None = None  #: the citizen who filed the case


def roles_for(late: Late, rung: RungCode) -> tuple[tuple[str, ...], ...]:
    """Groups of roles to reach; of each group the first role that somebody holds for the place."""
    if ROLE.get(late.role) is not None and ROLE[late.role].level is Level.PUBLIC:
        return ()
    if rung in _TO_THE_DOER:
        return () if late.assignee else ((late.role,),)
    leader = _leaders(late.role)
    if rung is RungCode.R2:
        return ((late.role,), leader) if late.ladder == LADDER_H else ((late.role,),)
    if late.sealed:
        return tuple((role,) for role in dict.fromkeys((late.role, *SEALED_CIRCLE)))
    if rung is RungCode.R4:
        return tuple((role,) for role in (CONVENERS if late.protected else (*CONVENERS, INSPECTOR)))
    if late.protected and late.ladder == LADDER_H:
        return tuple((role,) for role in PROTECTION_DESKS)
    return (leader, (PROTECTION_COPY if late.protected or late.ladder == LADDER_H else COUNTY_COPY,))


def _leaders(role: str) -> tuple[str, ...]:
    if role in LEADER_OF:
        return LEADER_OF[role]
    if role.startswith("town_"):
        return ("town_leader", "town_head")
    if role.endswith("_handler"):
        return (role.removesuffix("_handler") + "_leader",)
    return (role,)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An active person with one of the roles that were asked for."""

    person_id: str
    grant: Grant


def holders_of(session: Session, roles: Iterable[str]) -> Sequence[Holder]:
    """Everybody who holds one of these roles, anywhere: read once for a whole batch of tasks."""
    rows = session.execute(
        select(role_grant.c.person_id, role_grant.c.role, role_grant.c.place, role_grant.c.department)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(role_grant.c.role.in_(sorted(set(roles))), person.c.active.is_(True))
        .order_by(role_grant.c.person_id)
    )
    return tuple(
        Holder(person_id=row.person_id, grant=Grant(role=row.role, place=row.place, department=row.department))
        for row in rows
    )


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """Whom a reminder goes to."""

    roles: tuple[str, ...]
    people: tuple[str, ...]
    unmanned: tuple[str, ...] = ()  #: desks at which nobody is on duty, so that everybody was told


def address(late: Late, rung: RungCode, holders: Collection[Holder], manning: Collection[Shift] = ()) -> Addressed:
    """The roles and the people, each person once. A role that nobody holds is passed over for the next of its group;
    where nobody holds any, the first one is named, so that the log shows who is missing.

    :param manning: who is on duty now; read by the hour ladder only.
    """
    roles: list[str] = []
    unmanned: list[str] = []
    people: list[str] = [each for each in (late.assignee,) if each and rung in (*_TO_THE_DOER, RungCode.R2)]
    if not people and ROLE.get(late.role) is not None and ROLE[late.role].level is Level.PUBLIC and late.owner:
        people.append(late.owner)
    for group in roles_for(late, rung):
        duty = _on_duty(group, late, holders, manning) if late.ladder == LADDER_H else None
        if duty is not None and duty.people:
            roles.append(duty.role)
            people += duty.people
            continue
        if duty is not None:
            unmanned.append(duty.desk)
        found = [(role, [each.person_id for each in holders if _reached(each.grant, role, late)]) for role in group]
        role, reached = next((pair for pair in found if pair[1]), found[0])
        roles.append(role)
        people += reached
    return Addressed(
        roles=tuple(dict.fromkeys(roles)),
        people=tuple(dict.fromkeys(people)),
        unmanned=tuple(dict.fromkeys(unmanned)),
    )


@dataclass(frozen=True, kw_only=True)
class _Manned:
    """The desk of a group of roles, and who is on duty there."""

    role: str
    desk: str
    people: list[str]


def _on_duty(
    group: tuple[str, ...], late: Late, holders: Collection[Holder], manning: Collection[Shift]
) -> _Manned | None:
    """The first desk of the group that is manned, else the first one; None where none of these roles has a desk. The
    desk of the doers counts as manned only by somebody who may do the task."""
    desks = [(role, DESK_OF[role]) for role in group if role in DESK_OF]
    for role, desk in desks:
        people = [
            each.person_id
            for each in manning
            if each.desk.code == desk
            and late.place.startswith(each.place)
            and (role != late.role or _may_do(each.person_id, late, holders))
        ]
        if people:
            return _Manned(role=role, desk=desk, people=people)
    return _Manned(role=desks[0][0], desk=desks[0][1], people=[]) if desks else None


def _may_do(person_id: str, late: Late, holders: Collection[Holder]) -> bool:
    return any(each.person_id == person_id and _reached(each.grant, late.role, late) for each in holders)


def desk_names(codes: Iterable[str]) -> str:
    """These desks in words."""
    return "、".join(DESKS[code].name for code in codes if code in DESKS)


def _reached(grant: Grant, role: str, late: Late) -> bool:
    target = Target(role=role, place=late.place, department=late.department if role == late.role else None)
    return (
        grant.role == role
        and covers(grant, target.place)
        and (target.department is None or grant.department in (None, target.department))
    )
