"""A clerk leaves a post: one action gives the successor the posts, the open work and the files in the clerk's care,
with a list that both sign (岗位移交)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text, insert, select, update

from cases.absences import absence, official_grants
from cases.case_files import case_file
from cases.children import child
from cases.people import Person, find_person, give_role, grants_of, person, role_grant
from cases.reminder_words import CODE_LENGTH
from cases.roles import OFFICIAL, grants_conflict
from engine.access import Actor, Permission, allowed, require
from engine.commands.hand_over_tasks import Moved, hand_over_tasks
from engine.commands.reasons import require_reason
from engine.environment import Environment
from engine.errors import NotFound, Refused
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

office_handover = Table(
    "office_handover",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("from_person", String(40), ForeignKey("person.id"), nullable=False),
    Column("to_person", String(40), ForeignKey("person.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("items", Json, nullable=False),  #: numbers and steps; no name of a child
    Column("done_by", String(80), nullable=False),
    Column("done_by_name", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A handover as it is printed and signed."""

    id: str
    from_person: str
    to_person: str
    reason: str
    items: Sequence[dict[str, Any]]
    done_by_name: str
    at: datetime


def hand_over(
    session: Session,
    env: Environment,
    from_person: str,
    *,
    to_person: str,
    with_posts: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Move everything, in one transaction; returns the handover's id. With the posts, what comes later comes to the
    successor too. The account of who leaves is closed by an act of its own.

    :raises NotAllowed: the actor manages no people.
    :raises Refused: to the same or an inactive person; the posts may not be held beside those that the successor holds.
    :raises SubmissionInvalid: no reason.
    """
    require(actor, Permission.PEOPLE_MANAGE)
    reason = require_reason(reason)
    leaving, successor = find_person(session, from_person), find_person(session, to_person)
    if leaving is None or successor is None or not successor.active or from_person == to_person:
        raise Refused("请选择另一位在用的人员接收")
    posts = _give_posts(session, from_person, to_person) if with_posts else []
    work = hand_over_tasks(
        session,
        env,
        from_user=from_person,
        to_user=to_person,
        to_name=successor.name,
        reason=reason,
        actor=actor,
        now=now,
    )
    items = [
        *({"kind": "post", "what": f"{grant.role}|{grant.place}"} for grant in posts),
        *(_item(session, each) for each in work.moved),
        *({"kind": "file", "what": number} for number in _move_files(session, from_person, to_person)),
    ]
    if work.signatures:
        items.append({"kind": "signature", "what": str(work.signatures)})
    _move_standing_in(session, from_person, to_person)
    handover_id = new_id(now)
    row = {"id": handover_id, "from_person": from_person, "to_person": to_person, "reason": reason, "items": items}
    session.execute(insert(office_handover).values(**row, done_by=actor.id, done_by_name=actor.name, at=now))
    detail = {"to": to_person, "items": len(items), "reason": reason}
    audit.record(session, actor=actor, action="post.handover", target=from_person, now=now, detail=detail)
    return handover_id


def successors(session: Session, actor: Actor, person_id: str) -> Sequence[Person]:
    """Who can take a post over: the active people of the same unit first, then the others. Raises `NotAllowed`."""
    require(actor, Permission.PEOPLE_MANAGE)
    leaving = find_person(session, person_id)
    unit = leaving.unit if leaving else ""
    rows = session.execute(
        select(*(person.c[name] for name in Person.__dataclass_fields__))
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(person.c.active.is_(True), person.c.id != person_id, role_grant.c.role.in_(OFFICIAL))
        .distinct()
    )
    return sorted((Person(**row._asdict()) for row in rows), key=lambda one: (one.unit != unit, one.unit, one.name))


def handover_of(session: Session, actor: Actor, handover_id: str) -> Handover:
    """The handover, for both of them and who manages people.

    :raises NotFound: there is none, or not for this actor.
    """
    row = session.execute(select(office_handover).where(office_handover.c.id == handover_id)).one_or_none()
    if row is None or not (actor.id in (row.from_person, row.to_person) or allowed(actor, Permission.PEOPLE_MANAGE)):
        raise NotFound("没有这份移交清单")
    return Handover(**{name: getattr(row, name) for name in Handover.__dataclass_fields__})


def _give_posts(session: Session, from_person: str, to_person: str) -> list[Any]:
    held = {(grant.role, grant.place) for grant in grants_of(session, to_person)}
    missing = [grant for grant in official_grants(session, from_person) if (grant.role, grant.place) not in held]
    together = frozenset({role for role, _place in held} | {grant.role for grant in missing})
    if conflict := grants_conflict(together):
        raise Refused(conflict)
    for grant in missing:
        give_role(session, to_person, grant)
    return missing


def _item(session: Session, moved: Moved) -> dict[str, Any]:
    number = session.scalar(select(case_file.c.id).where(case_file.c.id == moved.case_id)) if moved.case_id else None
    return {
        "kind": "task",
        "what": moved.name,
        "number": str(number)[-CODE_LENGTH:].upper() if number else moved.instance_id[-CODE_LENGTH:].upper(),
        "since": moved.opened_at.isoformat() if moved.opened_at else None,
        "due": moved.due_at.isoformat() if moved.due_at else None,
        "to": moved.to,
    }


def _move_files(session: Session, from_person: str, to_person: str) -> list[str]:
    """The children's files in the clerk's care, by archive number."""
    mine = child.c.officer_id == from_person
    numbers = [str(each) for each in session.execute(select(child.c.archive_no).where(mine)).scalars()]
    session.execute(update(child).where(mine).values(officer_id=to_person))
    return sorted(numbers)


def _move_standing_in(session: Session, from_person: str, to_person: str) -> None:
    """The successor stands in for those for whom who leaves would have."""
    standing = (absence.c.substitute_id == from_person, absence.c.person_id != to_person, absence.c.ended_at.is_(None))
    session.execute(update(absence).where(*standing).values(substitute_id=to_person))
