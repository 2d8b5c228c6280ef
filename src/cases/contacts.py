"""Where a person can be reached outside the program. The telephone number stands with the person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select, update

from cases.identifiers import mobile_problem
from cases.messages import Channel
from cases.people import person
from engine.access import Actor
from engine.errors import FieldProblem, SubmissionInvalid
from engine.store import audit
from engine.store.base import metadata
from engine.store.session import Session

#: As long as the column.
LONGEST = 120
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ACCOUNT = re.compile(r"\S+")

contact = Table(
    "contact",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("address", String(120), nullable=False),
)


def set_contact(session: Session, person_id: str, channel: Channel, address: str) -> None:
    """Enter an address, or take it away (an empty one)."""
    session.execute(delete(contact).where(contact.c.person_id == person_id, contact.c.channel == channel))
    if address:
        session.execute(insert(contact).values(person_id=person_id, channel=channel, address=address))


def enter_own(session: Session, given: Mapping[Channel, str], *, actor: Actor, now: datetime) -> None:
    """Somebody enters where he can be reached himself; an empty address is taken away. The audit tells which ways.

    :raises SubmissionInvalid: an address that cannot be one, named by its way.
    """
    told = {channel: text.strip() for channel, text in given.items()}
    problems = [
        FieldProblem(field=channel.value, rule="address", message=problem)
        for channel, text in told.items()
        if text and (problem := address_problem(channel, text)) is not None
    ]
    if problems:
        raise SubmissionInvalid(problems)
    changed = [channel for channel, text in told.items() if text != address_of(session, actor.id, channel)]
    for channel in changed:
        if channel is Channel.SMS:
            session.execute(update(person).where(person.c.id == actor.id).values(phone=told[channel]))
        else:
            set_contact(session, actor.id, channel, told[channel])
    if changed:
        detail = {"ways": sorted(channel.value for channel in changed)}
        audit.record(session, actor=actor, action="contact.change", target=actor.id, now=now, detail=detail)


def address_problem(channel: Channel, text: str) -> str | None:
    """What is wrong with an address; None when nothing is."""
    if len(text) > LONGEST:
        return f"最多 {LONGEST} 个字符"
    if channel is Channel.SMS:
        return mobile_problem(text)
    if channel is Channel.EMAIL and not _EMAIL.fullmatch(text):
        return "不是有效的电子邮箱,请按 name@example.gov.cn 的样子填写"
    return None if _ACCOUNT.fullmatch(text) else "账号中不能有空格或换行,请核对"


def own_address(session: Session, actor: Actor, channel: Channel) -> str:
    """The actor's own address for this way; empty if there is none."""
    return address_of(session, actor.id, channel)


def address_of(session: Session, person_id: str, channel: Channel) -> str:
    """The person's address for this way; empty if there is none."""
    if channel is Channel.SMS:
        return str(session.scalar(select(person.c.phone).where(person.c.id == person_id)) or "")
    found = session.scalar(
        select(contact.c.address).where(contact.c.person_id == person_id, contact.c.channel == channel)
    )
    return str(found or "")


def ways_of(session: Session, people: Iterable[str], offered: frozenset[Channel]) -> dict[str, frozenset[Channel]]:
    """By which of the offered ways each of these people can be reached."""
    if not offered:
        return {}
    people = list(people)
    ways: dict[str, set[Channel]] = {}
    rows = session.execute(select(contact.c.person_id, contact.c.channel).where(contact.c.person_id.in_(people)))
    for row in rows:
        ways.setdefault(row.person_id, set()).add(Channel(row.channel))
    phones = session.execute(select(person.c.id).where(person.c.id.in_(people), person.c.phone != ""))
    for (person_id,) in phones:
        ways.setdefault(person_id, set()).add(Channel.SMS)
    return {person_id: frozenset(found) & offered for person_id, found in ways.items()}
