"""The households of a village that were registered one by one and wait until the village's task is done (4(a) step 3).

A row per household and task. `version` counts its changes: whoever changes a household names the version he changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, RowMapping, String, Table, UniqueConstraint, delete, insert, select, update

from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

survey_draft_household = Table(
    "survey_draft_household",
    metadata,
    Column("task_id", String(40), primary_key=True),
    Column("id", String(40), primary_key=True),  #: made by the device
    Column("household_no", String(30), nullable=False),
    Column("household", Json, nullable=False),
    Column("children", Json, nullable=False),
    Column("photos", Json, nullable=False, server_default="[]"),  #: ids of files, bound to the survey's case
    Column("version", Integer, nullable=False),
    Column("last_key", String(80), nullable=False),  #: of the change that made this version
    Column("report_no", String(32), nullable=True),  #: the report of a child at risk that began with this household
    Column("by_id", String(40), nullable=False),
    Column("by_name", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("task_id", "household_no"),
)


@dataclass(frozen=True, kw_only=True)
class DraftHousehold:
    """A registered household, as the form's fields."""

    id: str
    version: int
    last_key: str
    household: Mapping[str, Any]
    children: Sequence[Mapping[str, Any]]
    report_no: str | None
    by_name: str
    at: datetime
    photos: Sequence[str] = ()  #: ids of files

    @property
    def household_no(self) -> str:
        return str(self.household["household_no"])


def drafts_of(session: Session, task_id: str) -> tuple[DraftHousehold, ...]:
    """The households registered for a task, by number."""
    query = select(survey_draft_household).where(survey_draft_household.c.task_id == task_id)
    rows = session.execute(query.order_by(survey_draft_household.c.household_no)).mappings()
    return tuple(_read(row) for row in rows)


def _read(row: RowMapping) -> DraftHousehold:
    return DraftHousehold(**{name: row[name] for name in DraftHousehold.__dataclass_fields__})


def enter(session: Session, task_id: str, draft_id: str, *, is_new: bool, **values: object) -> None:
    """Write a household's new version. The task's instance is locked by the caller."""
    if is_new:
        session.execute(insert(survey_draft_household).values(task_id=task_id, id=draft_id, **values))
        return
    mine = (survey_draft_household.c.task_id == task_id) & (survey_draft_household.c.id == draft_id)
    session.execute(update(survey_draft_household).where(mine).values(**values))


def clear(session: Session, task_id: str) -> None:
    """The task is done: its households stand in the campaign's own list by now."""
    session.execute(delete(survey_draft_household).where(survey_draft_household.c.task_id == task_id))
