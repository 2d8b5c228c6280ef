"""The people who work with the system, and the roles they hold (grants). Passwords and lockout: `logins.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)

from cases.roles import ROLE, Level, grants_conflict
from engine.access import Actor, Grant
from engine.errors import NotFound, Refused
from engine.store.base import Instant, metadata
from engine.store.session import Session

person = Table(
    "person",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("user_name", String(60), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("unit", String(80), nullable=False, server_default=""),
    Column("phone", String(20), nullable=False, server_default=""),
    Column("password_hash", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False, index=True),
    Column("role", String(40), nullable=False),
    Column("place", String(12), nullable=False, server_default=""),
    Column("department", String(12), nullable=True),
    UniqueConstraint("person_id", "role", "place"),
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person with a log-in, without the password's hash."""

    id: str
    user_name: str
    name: str
    unit: str
    phone: str
    active: bool
    demo: bool


_PUBLIC = (
    person.c.id,
    person.c.user_name,
    person.c.name,
    person.c.unit,
    person.c.phone,
    person.c.active,
    person.c.demo,
)


def add_person(
    session: Session,
    *,
    person_id: str,
    user_name: str,
    name: str,
    password_hash: str,
    now: datetime,
    unit: str = "",
    phone: str = "",
    grants: Iterable[Grant] = (),
    demo: bool = False,
) -> Person:
    """Enter a person with their grants; `password_hash` comes from `logins.hash_password`.

    :raises Refused: the user name is taken, or the roles may not be held together.
    """
    if find_by_user_name(session, user_name) is not None:
        raise Refused(f"用户名 {user_name} 已被使用")
    session.execute(
        insert(person).values(
            id=person_id,
            user_name=user_name,
            name=name,
            unit=unit,
            phone=phone,
            password_hash=password_hash,
            active=True,
            demo=demo,
            failed_logins=0,
            locked_until=None,
            created_at=now,
        )
    )
    for grant in grants:
        give_role(session, person_id, grant)
    return Person(id=person_id, user_name=user_name, name=name, unit=unit, phone=phone, active=True, demo=demo)


def give_role(session: Session, person_id: str, grant: Grant) -> None:
    """Give a person a role for a place.

    :raises Refused: no such role, or it may not stand beside a role already held (domain.md 1.2, 三员分立).
    """
    role = ROLE.get(grant.role)
    if role is None:
        raise Refused(f"没有角色 {grant.role}")
    held = grants_of(session, person_id)
    conflict = grants_conflict(frozenset({grant.role, *(other.role for other in held)}))
    if conflict is not None:
        raise Refused(conflict)
    if any(other.role == grant.role and other.place == grant.place for other in held):
        return
    session.execute(
        insert(role_grant).values(
            person_id=person_id,
            role=grant.role,
            place=grant.place,
            department=grant.department or role.department,
        )
    )


def take_role(session: Session, person_id: str, role: str, place: str) -> None:
    """Take one role for one place away."""
    session.execute(
        delete(role_grant).where(
            role_grant.c.person_id == person_id, role_grant.c.role == role, role_grant.c.place == place
        )
    )


def grants_of(session: Session, person_id: str) -> tuple[Grant, ...]:
    """The person's grants, in the order they were given."""
    rows = session.execute(
        select(role_grant.c.role, role_grant.c.place, role_grant.c.department)
        .where(role_grant.c.person_id == person_id)
        .order_by(role_grant.c.id)
    )
    return tuple(Grant(role=row.role, place=row.place, department=row.department) for row in rows)


def find_person(session: Session, person_id: str) -> Person | None:
    """The person with this id."""
    row = session.execute(select(*_PUBLIC).where(person.c.id == person_id)).mappings().first()
    return Person(**row) if row else None


def find_by_user_name(session: Session, user_name: str) -> Person | None:
    """The person with this log-in name."""
    row = session.execute(select(*_PUBLIC).where(person.c.user_name == user_name)).mappings().first()
    return Person(**row) if row else None


def actor_of(session: Session, person_id: str) -> Actor:
    """The person as an actor, with the grants of this moment.

    :raises NotFound: no such person, or the person was deactivated.
    """
    found = find_person(session, person_id)
    if found is None or not found.active:
        raise NotFound(f"没有用户 {person_id}")
    return Actor(id=found.id, name=found.name, unit=found.unit, grants=grants_of(session, person_id))


def officials_among(session: Session, person_ids: Collection[str]) -> frozenset[str]:
    """Those of these people who hold an office: any role but that of a citizen who applies or reports."""
    offices = role_grant.c.role.not_in([code for code, role in ROLE.items() if role.level is Level.PUBLIC])
    wanted = select(role_grant.c.person_id).where(role_grant.c.person_id.in_(person_ids), offices).distinct()
    return frozenset(session.execute(wanted).scalars())


def holders(session: Session, *, role: str, place: str = "", department: str | None = None) -> Sequence[Person]:
    """The active people who hold a role for this place: who may be given a task, who is reminded."""
    rows = session.execute(
        select(*_PUBLIC, role_grant.c.place, role_grant.c.department.label("granted_department"))
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(role_grant.c.role == role, person.c.active.is_(True))
        .order_by(person.c.user_name)
    ).mappings()
    return tuple(
        Person(**{column.name: row[column.name] for column in _PUBLIC})
        for row in rows
        if place.startswith(row["place"]) and (department is None or row["granted_department"] in (None, department))
    )


def deactivate(session: Session, person_id: str) -> None:
    """Take a person's log-in away; whoever calls this also ends the sessions (`sessions.end_all`)."""
    session.execute(update(person).where(person.c.id == person_id).values(active=False))
