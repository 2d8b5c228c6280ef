"""Which submitted forms of a case a person may read (domain.md 6.1)."""

from __future__ import annotations

from collections.abc import Callable

from cases.roles import Sight
from cases.summary import sight_of
from engine.queries.instance import InstanceView
from engine.queries.submissions import SubmissionRow
from web.transaction import Visit

Reader = Callable[[SubmissionRow], bool]


def reader(visit: Visit, view: InstanceView) -> Reader:
    """What this person may read: whoever sees the sensitive file by office, everything; a department, what it wrote
    itself; everybody, what they filled in themselves. An applicant does not read what neighbours or officers said."""
    person = visit.person
    officials = {grant.role for grant in person.grants} - {"applicant", "reporter"}
    seen = sight_of(visit.session, person, view.case_id) if officials and view.case_id else Sight.NONE
    everything = seen >= Sight.SENSITIVE
    departments = {grant.department for grant in person.grants if grant.department}

    def may_read(row: SubmissionRow) -> bool:
        return everything or row.actor_id == person.id or row.department in departments

    return may_read


def nothing(row: SubmissionRow) -> bool:  # noqa: ARG001
    """For administrators: no case data."""
    return False
