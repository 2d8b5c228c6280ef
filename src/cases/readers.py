"""Who, beside the asker, sees a case by office: whom it can be copied to, who can be asked for an opinion or named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cases.case_files import scope_of
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from cases.people import person, role_grant
from cases.reminder_words import readers
from cases.roles import OFFICIAL, Sight, role_name, sight
from cases.seeing import require_sight
from engine.access import Actor
from engine.errors import NotFound
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class CaseReader:
    """An official who sees the case by office."""

    actor: Actor
    unit: str
    roles: str  #: in words
    sight: Sight


def readers_of(session: Session, actor: Actor, case_id: str, *, at_least: Sight) -> Sequence[CaseReader]:
    """The active officials who see at least so much of the case, by unit and name, without the asker.

    :raises NotFound: the actor does not see the case's file.
    """
    require_sight(session, actor, case_id, Sight.FILE)
    scope = scope_of(session, case_id)
    covering = {"", *(scope.place[:digits] for digits in (COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS))}
    query = (
        select(person.c.id, person.c.unit)
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(person.c.active.is_(True), role_grant.c.place.in_(covering), role_grant.c.role.in_(OFFICIAL))
        .distinct()
    )
    units = {row.id: row.unit for row in session.execute(query) if row.id not in (actor.id, scope.owner)}
    found = [
        CaseReader(
            actor=each,
            unit=units[each.id],
            roles="、".join(dict.fromkeys(role_name(grant.role) for grant in each.grants)),
            sight=sight(each, scope),
        )
        for each in readers(session, units).values()
    ]
    return sorted((one for one in found if one.sight >= at_least), key=lambda one: (one.unit, one.actor.name))


def reader_of_case(session: Session, actor: Actor, case_id: str, person_id: str, *, at_least: Sight) -> Actor:
    """One of them, as an actor with the grants of this moment.

    :raises NotFound: there is no such person, or the person does not see the case.
    """
    found = next(
        (one for one in readers_of(session, actor, case_id, at_least=at_least) if one.actor.id == person_id), None
    )
    if found is None:
        raise NotFound("没有这位可查阅此办件的工作人员")
    return found.actor
