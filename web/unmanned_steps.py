"""Which open tasks of a case nobody can do, for its pages."""

from __future__ import annotations

from collections.abc import Mapping

from cases.unmanned import unmanned
from engine.calendar import county_day
from web.transaction import Visit


def nobody_for(visit: Visit, instance_id: str) -> Mapping[str, str]:
    """Why nobody can do it today, by task id: `no_holder`, `absent` or `separated`."""
    found = unmanned(visit.session, visit.env, instance_id, actor=visit.person, today=county_day(visit.now))
    return {task_id: why.value for task_id, why in found.items()}
