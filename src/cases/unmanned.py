"""Open tasks that nobody can do: the post has nobody, all who hold it are absent, or separation of duties rules all of
them out. Said on the case's page at once, so that a case does not lie until a deadline passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from cases.absences import absent_people
from cases.people import holders
from cases.roles import ROLE, Level
from engine.access import Actor
from engine.environment import Environment
from engine.queries.open_tasks import OpenTask, open_tasks
from engine.store import user_task
from engine.store.session import Session


class Why(StrEnum):
    """Why nobody can do a task."""

    NO_HOLDER = "no_holder"  #: no active account has the role for this place
    ABSENT = "absent"  #: everybody who could is absent today
    SEPARATED = "separated"  #: everybody who holds it did a step that must be somebody else's


def unmanned(session: Session, env: Environment, instance_id: str, *, actor: Actor, today: date) -> Mapping[str, Why]:
    """Why nobody can do it, by task id; tasks that somebody can do are not among the keys. Citizens' tasks are left
    out: they are one person's.

    :param today: the county's day, for absences.
    :raises NotFound: there is no such instance for this actor.
    """
    waiting = [each for each in open_tasks(session, env, instance_id, actor=actor) if _is_a_posts(each)]
    if not waiting:
        return {}
    away = absent_people(session, today, today)
    done = session.rows(user_task.COMPLETERS, {"of_instance": instance_id})
    by = [(each.element_id, each.closed_by) for each in done]
    found = {each.id: _why(session, each, away, by) for each in waiting}
    return {task_id: why for task_id, why in found.items() if why is not None}


def _is_a_posts(task: OpenTask) -> bool:
    known = ROLE.get(task.role)
    return known is None or known.level is not Level.PUBLIC


def _why(session: Session, task: OpenTask, away: frozenset[str], by: Sequence[tuple[str, str | None]]) -> Why | None:
    people = {each.id for each in holders(session, role=task.role, place=task.place, department=task.department)}
    if not people:
        return Why.NO_HOLDER
    apart = set(task.separate_from or ())
    people -= {person_id for element_id, person_id in by if element_id in apart and person_id}
    if not people:
        return Why.SEPARATED
    return None if people - away else Why.ABSENT
