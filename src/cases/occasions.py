"""What comes due and is opened once: the rows that remember what the agenda opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, String, Table, select

from engine.store.base import Instant, metadata
from engine.store.session import Session

agenda_entry = Table(
    "agenda_entry",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("slot", String(80), primary_key=True),
    Column("process_key", String(80), nullable=False),
    Column("instance_id", String(40), nullable=False),
    Column("opened_at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Something that comes due for one child or one township."""

    name: str
    slot: str
    process_key: str
    fields: Mapping[str, Any]  #: as the process's start form takes them
    by_program: bool = False  #: by the start form that is the program's own


def opened_slots(session: Session, name: str, like: str = "%") -> frozenset[str]:
    """The slots of this name that were opened; `like`: those of a pattern."""
    query = select(agenda_entry.c.slot).where(agenda_entry.c.name == name, agenda_entry.c.slot.like(like))
    rows = session.execute(query)
    return frozenset(slot for (slot,) in rows)
