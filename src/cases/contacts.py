"""Where a person can be reached outside the program. The telephone number stands with the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select

from cases.messages import Channel
from cases.people import person
from engine.store.base import metadata
from engine.store.session import Session

contact = Table(
    "contact",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("address", String(120), nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One way to one person."""

    person_id: str
    channel: Channel
    address: str


def set_contact(session: Session, person_id: str, channel: Channel, address: str) -> None:
    """Enter an address, or take it away (an empty one)."""
    session.execute(delete(contact).where(contact.c.person_id == person_id, contact.c.channel == channel))
    if address:
        session.execute(insert(contact).values(person_id=person_id, channel=channel, address=address))


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
