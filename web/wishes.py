"""Which messages a person may send to a running case from its page; who may, the domain says."""

from __future__ import annotations

from engine.queries.awaited import awaited
from engine.queries.instance import InstanceView
from web.transaction import Visit

SUPPLEMENT, WITHDRAW, TAKE_DOWN = "MSG_SUPPLEMENT_SUBMITTED", "MSG_WITHDRAW", "MSG_TAKE_DOWN"


def wishes(visit: Visit, view: InstanceView) -> list[str]:
    """The messages that the person may send now."""
    if view.status != "running":
        return []
    names = awaited(visit.session, visit.env, view.id, actor=visit.person)
    return [name for name in (SUPPLEMENT, WITHDRAW, TAKE_DOWN) if name in names]
