"""How much of a case a person sees, and which of its submitted forms the person may read (domain.md 6.1)."""

from __future__ import annotations

from collections.abc import Callable

from cases.case_files import note_read
from cases.roles import Sight
from cases.summary import sight_of
from engine.access import Actor, Permission, Target, allowed
from engine.queries.instance import InstanceView
from engine.queries.open_tasks import OpenTask, open_tasks
from engine.queries.submissions import SubmissionRow
from web.transaction import Visit

Reader = Callable[[SubmissionRow], bool]


def sight(visit: Visit, view: InstanceView) -> Sight:
    """How much of the case the person sees: by area, by department, as its applicant, or through an open task."""
    by_role = sight_of(visit.session, visit.person, view.case_id) if view.case_id else Sight.NONE
    working = any(may_work(visit.person, task) for task in open_tasks(visit.session, view.id))
    return max(by_role, Sight.FILE if working else Sight.NONE)


def note(visit: Visit, case_id: str | None, seen: Sight, purpose: str) -> None:
    """Enter in the audit that the person opens this case and why (domain.md 6.4); the page is declared with
    `notes_reading`."""
    if case_id is not None:
        note_read(visit.session, case_id, actor=visit.person, seen=seen, now=visit.now, purpose=purpose)


def may_work(actor: Actor, task: OpenTask) -> bool:
    """Whether the person may do this open task."""
    target = Target(role=task.role, place=task.place, department=task.department, assignee=task.assignee)
    return allowed(actor, Permission.TASK_WORK, target)


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
