"""Who may be chosen on a demonstration's log-in page, where no password is asked. Production never reads this."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cases.people import Person, find_person, person, role_grant
from cases.roles import role_name
from engine.errors import NotFound
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """A person of the demo county."""

    person: Person
    roles: tuple[str, ...]  #: in words
    codes: tuple[str, ...]
    place: str  #: the widest place of the grants


def demo_people(session: Session) -> tuple[DemoPerson, ...]:
    """The demo county's people in the order they were entered."""
    rows = session.execute(
        select(person.c.id, role_grant.c.role, role_grant.c.place)
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(person.c.demo.is_(True), person.c.active.is_(True))
        .order_by(person.c.id, role_grant.c.id)
    ).all()
    grants: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        grants.setdefault(row.id, []).append((row.role, row.place))
    return tuple(
        DemoPerson(
            person=found,
            roles=tuple(dict.fromkeys(role_name(role) for role, _ in held)),
            codes=tuple(role for role, _ in held),
            place=min((place for _, place in held), key=len),
        )
        for person_id, held in grants.items()
        if (found := find_person(session, person_id)) is not None
    )


def demo_person(session: Session, person_id: str) -> Person:
    """The person to be logged in without a password.

    :raises NotFound: no such person, or no demo person.
    """
    found = find_person(session, person_id)
    if found is None or not found.demo or not found.active:
        raise NotFound(f"没有演示用户 {person_id}")
    return found
