"""Which messages a person may send to a running case from its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.access import Actor, covers
from engine.queries.awaited import awaited
from engine.queries.instance import InstanceView
from web.transaction import Visit

SUPPLEMENT, WITHDRAW, TAKE_DOWN = "MSG_SUPPLEMENT_SUBMITTED", "MSG_WITHDRAW", "MSG_TAKE_DOWN"

#: Who besides the applicant: papers and withdrawals are also taken at the window (domain.md 1.2, P_B starts).
_ROLES = {
    SUPPLEMENT: frozenset({"town_window", "town_officer", "mzj_sealed"}),
    WITHDRAW: frozenset({"town_window", "town_officer", "mzj_sealed"}),
    TAKE_DOWN: frozenset({"town_officer", "town_leader", "town_head"}),
}


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Something that happened outside, and that a case waits for: said on its page by whoever learns of it (M13)."""

    message: str
    title: str
    consequence: str
    roles: frozenset[str]
    by_applicant: bool = False  #: or by whoever began the case


#: By the last part of the address.
TELLINGS: Mapping[str, Telling] = {
    "evidence": Telling(
        message="MSG_EVIDENCE_ARRIVED",
        title="登记收到证据",
        consequence="核查时限自登记之日恢复计算。",
        roles=frozenset({"town_window", "town_officer"}),
        by_applicant=True,
    ),
    "notice-error": Telling(
        message="MSG_NOTICE_ERROR",
        title="公示内容有误",
        consequence="村(居)先撤下公示,更正后重新公示完整期限。",
        roles=frozenset({"town_officer", "town_leader", "town_head"}),
    ),
    "statement": Telling(
        message="MSG_EXIT_STATEMENT",
        title="登记陈述申辩",
        consequence="经办人将登记并答复陈述申辩。",
        roles=frozenset({"town_window", "town_officer", "mzj_sealed"}),
        by_applicant=True,
    ),
    "contested": Telling(
        message="MSG_EXIT_CONTESTED",
        title="登记对终止公示的异议",
        consequence="乡镇将核查异议,核查期间不作出退出决定。",
        roles=frozenset({"town_window", "town_officer"}),
    ),
    "recommendation": Telling(
        message="MSG_JCY_RECOMMENDATION",
        title="登记检察机关书面建议",
        consequence="办件按书面建议继续办理。",
        roles=frozenset({"jcy_handler", "mzj_handler"}),
    ),
}


def may_tell(actor: Actor, view: InstanceView, telling: Telling) -> bool:
    """Whether the person may say this of this case."""
    if telling.by_applicant and view.started_by == actor.id:
        return True
    return any(grant.role in telling.roles and covers(grant, view.place) for grant in actor.grants)


def tellings(visit: Visit, view: InstanceView) -> dict[str, Telling]:
    """What the person may say now, by the last part of the address."""
    names = awaited(visit.session, view.id) if view.status == "running" else frozenset()
    return {
        slug: each for slug, each in TELLINGS.items() if each.message in names and may_tell(visit.person, view, each)
    }


def may_send(actor: Actor, view: InstanceView, name: str) -> bool:
    """Whether the person may send this message to this case."""
    if name != TAKE_DOWN and view.started_by == actor.id:
        return True
    return any(grant.role in _ROLES[name] and covers(grant, view.place) for grant in actor.grants)


def wishes(visit: Visit, view: InstanceView) -> list[str]:
    """The messages that the person may send now."""
    names = awaited(visit.session, view.id) if view.status == "running" else frozenset()
    return [name for name in (SUPPLEMENT, WITHDRAW, TAKE_DOWN) if name in names and may_send(visit.person, view, name)]
