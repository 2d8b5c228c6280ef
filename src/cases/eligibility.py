"""Whether somebody is left for every task: asked before an account is closed, a role taken, an absence entered or a
post handed over. Which posts would have nobody, and what waits or will come for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cases.absences import absent_people, official_grants
from cases.people import holders
from cases.roles import role_name
from engine.access import Actor, Grant, Permission, allowed
from engine.environment import Environment
from engine.errors import NotAllowed
from engine.queries.processes import processes
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A post that would have nobody."""

    role: str
    role_name: str
    place: str
    open_tasks: int  #: that wait for it now
    processes: tuple[str, ...]  #: titles of processes that have steps for it


def gaps_without(
    session: Session,
    env: Environment,
    actor: Actor,
    person_id: str,
    *,
    first_day: date,
    last_day: date,
    instead: str | None = None,
    only: Grant | None = None,
) -> tuple[Gap, ...]:
    """The person's posts (or the `only` one) that nobody else holds on one of these days, and that something waits for
    or comes to. `instead`: who holds them from then on.

    :raises NotAllowed: neither the person nor a security administrator asks.
    """
    if actor.id != person_id and not allowed(actor, Permission.PEOPLE_MANAGE):
        raise NotAllowed("无权查看他人的岗位")
    absent = absent_people(session, first_day, last_day)
    gaps = []
    for grant in (only,) if only is not None else official_grants(session, person_id):
        others = holders(session, role=grant.role, place=grant.place, department=grant.department)
        if instead is not None or any(one.id != person_id and one.id not in absent for one in others):
            continue
        found = Gap(
            role=grant.role,
            role_name=role_name(grant.role),
            place=grant.place,
            open_tasks=_waiting(session, grant),
            processes=_coming(session, env, grant.role),
        )
        if found.open_tasks or found.processes:
            gaps.append(found)
    return tuple(gaps)


def _waiting(session: Session, grant: Grant) -> int:
    query = select(func.count()).where(
        user_task.c.status == OPEN,
        user_task.c.role == grant.role,
        user_task.c.place.startswith(grant.place, autoescape=True),
    )
    if grant.department is not None:
        query = query.where(user_task.c.department.is_(None) | (user_task.c.department == grant.department))
    return int(session.scalar(query) or 0)


def _coming(session: Session, env: Environment, role: str) -> tuple[str, ...]:
    """Processes in force with a step for the role; a role that an expression decides is not known before it runs."""
    found = []
    for each in processes(session):
        bundle = env.library.bundle(session, each.versions[0].id)
        nodes = (node for process in bundle.diagram.processes for node in process.nodes)
        if any(node.properties.get("role", "").strip('"') == role for node in nodes):
            found.append(each.title)
    return tuple(found)


def most_urgent(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Those for which something waits already come first."""
    return tuple(sorted(gaps, key=lambda gap: (-gap.open_tasks, gap.role, gap.place)))
