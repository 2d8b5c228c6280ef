"""The desks that are manned day and night, who may stand at them, and who draws up their roster (domain.md 0.6, 1.2:
“24×7”). Pure: where a roster has a gap is a function of its shifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS
from cases.roles import ROLE, Level
from engine.access import Actor, Grant, covers

_BUREAU = frozenset({"mzj_duty", "mzj_handler", "mzj_leader"})
_POLICE = frozenset({"gaj_handler", "gaj_leader"})
_TOWN = frozenset({"town_officer", "town_leader", "town_head"})


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A post that somebody fills at every hour."""

    code: str
    name: str
    roles: tuple[str, ...]  #: whoever stands there holds one of these for the place
    keepers: frozenset[str]  #: roles of the office in charge: they draw up the roster
    digits: int = COUNTY_DIGITS  #: of the place that the desk serves


def _desks() -> Mapping[str, Desk]:
    listed = (
        Desk(code="mzj_leader", name="县民政局值班领导", roles=("mzj_leader",), keepers=_BUREAU),
        Desk(code="mzj_duty", name="县民政局值班员", roles=("mzj_duty",), keepers=_BUREAU),
        Desk(code="gaj_leader", name="县公安局值班领导", roles=("gaj_leader",), keepers=_POLICE),
        Desk(code="gaj_duty", name="县公安局值班台", roles=("gaj_handler",), keepers=_POLICE),
        Desk(
            code="government",
            name="县政府值班领导",
            roles=("convener", "vice_convener"),
            keepers=frozenset({"zfb_handler", "zfb_leader", "convener", "vice_convener"}),
        ),
        Desk(
            code="cpc",
            name="救助保护机构值班",
            roles=("cpc_staff",),
            keepers=frozenset({"cpc_staff", "cpc_handler", "cpc_leader"}),
        ),
        Desk(
            code="cwi",
            name="儿童福利机构值班",
            roles=("cwi_staff",),
            keepers=frozenset({"cwi_staff", "cwi_handler", "cwi_leader"}),
        ),
        Desk(
            code="town_leader",
            name="乡镇值班领导",
            roles=("town_leader", "town_head"),
            keepers=_TOWN,
            digits=TOWN_DIGITS,
        ),
        Desk(code="town_duty", name="乡镇值班员", roles=("town_officer",), keepers=_TOWN, digits=TOWN_DIGITS),
    )
    return MappingProxyType({desk.code: desk for desk in listed})


DESKS: Mapping[str, Desk] = _desks()
#: The desk at which a role stands by night.
DESK_OF: Mapping[str, str] = MappingProxyType({role: desk.code for desk in DESKS.values() for role in desk.roles})


def stands_at(grant: Grant, desk: Desk, place: str) -> bool:
    """Whether this grant lets its holder man the desk of the place."""
    return grant.role in desk.roles and covers(grant, place)


def may_read(actor: Actor) -> bool:
    """The list of telephone numbers is for everybody in office, not for citizens and not for the program's people."""
    public = (Level.PUBLIC, Level.PROGRAM)
    return any(grant.role in ROLE and ROLE[grant.role].level not in public for grant in actor.grants)


def may_keep(actor: Actor, desk: Desk, place: str) -> bool:
    """Whether the person draws up the roster of this desk at this place."""
    return any(grant.role in desk.keepers and covers(grant, place) for grant in actor.grants)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From an instant up to another one, which is outside."""

    from_at: datetime
    to_at: datetime


def gaps(shifts: Iterable[Span], since: datetime, until: datetime) -> tuple[Span, ...]:
    """The parts of [since, until) in which nobody is on duty, the earliest first."""
    found: list[Span] = []
    manned_to = since
    for shift in sorted(shifts, key=lambda each: each.from_at):
        if manned_to >= until:
            break
        if shift.from_at > manned_to:
            found.append(Span(from_at=manned_to, to_at=min(shift.from_at, until)))
        manned_to = max(manned_to, shift.to_at)
    if manned_to < until:
        found.append(Span(from_at=manned_to, to_at=until))
    return tuple(found)
