"""Where the person who began a case may look afterwards."""

from __future__ import annotations

from flask import url_for

from engine.queries.seeing import is_seen
from web.transaction import Visit

#: The process whose cases nobody sees by having begun them (M1).
REPORT = "report"


def course_of(visit: Visit, process_key: str, instance_id: str) -> str:
    """The case if the person sees it, else of a report its receipt, else nothing: an objection is told apart from
    whoever objected."""
    if is_seen(visit.session, visit.env, instance_id, visit.person):
        return url_for("instances.show", instance_id=instance_id)
    return url_for("reporting.receipt", instance_id=instance_id) if process_key == REPORT else ""
