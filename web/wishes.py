"""Which messages a person may send to a running case from its page."""

from __future__ import annotations

from engine.access import Actor, covers
from engine.queries.awaited import awaited
from engine.queries.instance import InstanceView
from web.transaction import Visit

SUPPLEMENT, WITHDRAW, TAKE_DOWN = "MSG_SUPPLEMENT_SUBMITTED", "MSG_WITHDRAW", "MSG_TAKE_DOWN"

#: Who besides the applicant: papers and withdrawals are also taken at the window (domain.md 1.2, P_B starts).
_ROLES = {
    SUPPLEMENT: frozenset({"town_window", "town_officer"}),
    WITHDRAW: frozenset({"town_window", "town_officer"}),
    TAKE_DOWN: frozenset({"town_officer", "town_leader", "town_head"}),
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
