"""Where the person who began a case may look afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from cases.seeing import cases_seen
from engine.queries.inbox import InboxRow
from engine.queries.seeing import is_seen
from web.transaction import Visit

#: The process whose cases nobody sees by having begun them (M1).
REPORT = "report"


def courses_of(visit: Visit, begun: Sequence[InboxRow]) -> dict[str, str]:
    """By instance: as `course_of`, with one question for all that the person sees of a whole list."""
    seen = cases_seen(visit.session, visit.person, [row.case_id for row in begun if row.case_id])
    return {
        row.instance_id: _page(row.instance_id)
        if row.case_id in seen
        else course_of(visit, row.process_key, row.instance_id)
        for row in begun
    }


def course_of(visit: Visit, process_key: str, instance_id: str) -> str:
    """The case if the person sees it, else of a report its receipt, else nothing: an objection is told apart from
    whoever objected."""
    if is_seen(visit.session, visit.env, instance_id, visit.person):
        return _page(instance_id)
    return url_for("reporting.receipt", instance_id=instance_id) if process_key == REPORT else ""


def _page(instance_id: str) -> str:
    return url_for("instances.show", instance_id=instance_id)
