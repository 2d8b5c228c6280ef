"""Running and finished instances, and how one is locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.errors import NotFound
from engine.outcome import InstanceStatus
from engine.store.base import Instant, Json, constant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.session import Session
from engine.store.veils import Hidden, VeiledBytes

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("version_id", sa.String(26), sa.ForeignKey("process_version.id"), nullable=False),
    sa.Column("case_id", sa.String(40)),
    sa.Column("case_kind", sa.String(40), nullable=False),
    sa.Column("place", sa.String(12), nullable=False),  #: division code
    sa.Column("subject", sa.String(200), nullable=False),  #: masked
    sa.Column("search_key", sa.Text, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),  #: outcome.InstanceStatus
    sa.Column("state", VeiledBytes("instance.state")),  #: compact state; None once it is over
    sa.Column("version", sa.Integer, nullable=False),  #: the fence: one more with every change of this instance
    sa.Column("incidents", sa.Integer, nullable=False),  #: how many are open
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("started_by", sa.String(80), nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("end_event", sa.String(80)),
    sa.Column("tokens", Json, nullable=False),  #: [[process key, element id], …] of the live tokens
    sa.Column("confidential", sa.Boolean, nullable=False, server_default=sa.false()),  #: its case is sealed apart
    sa.Index("ix_instance_status_started_at_id", "status", "started_at", "id"),
    sa.Index("ix_instance_case_id", "case_id"),
    sa.Index("ix_instance_started_by_started_at", "started_by", "started_at"),
)


class InstanceRow(NamedTuple):
    """What a step needs of its instance. Also the first columns of `user_task.READ_FOR_STEP`."""

    id: str
    process_key: str
    version_id: str
    case_id: str | None
    case_kind: str
    place: str
    subject: str
    search_key: str
    status: str
    state: bytes | None
    version: int
    incidents: int
    started_by: str
    started_at: datetime
    confidential: bool = False

    def hide(self, value: Any) -> Any:
        """The value as it goes into a veiled column: of a case that is sealed apart, as `Hidden`."""
        return Hidden(value) if self.confidential and value is not None else value

    @property
    def is_running(self) -> bool:
        return self.status == InstanceStatus.RUNNING


STEP_COLUMNS = tuple(instance.c[name] for name in InstanceRow._fields)

INSERT = insert(instance)

#: The first lock of every change of an instance.
LOCK = Prepared(sa.select(instance.c.id).where(instance.c.id == sa.bindparam("instance_id")).with_for_update())

READ = Prepared(sa.select(*STEP_COLUMNS).where(instance.c.id == sa.bindparam("instance_id")))

ADVANCE = Prepared(
    sa.update(instance)
    .where(instance.c.id == sa.bindparam("instance_id"), instance.c.version == sa.bindparam("expected"))
    .values(
        status=sa.bindparam("new_status"),
        state=sa.bindparam("new_state"),
        version=sa.bindparam("expected") + sa.literal_column("1"),
        ended_at=sa.bindparam("new_ended_at"),
        end_event=sa.bindparam("new_end_event"),
        tokens=sa.bindparam("new_tokens"),
        incidents=sa.bindparam("new_incidents"),
    ),
    expect=1,
)

#: A change that leaves the state as it is: a claim, an incident, a suspension.
TOUCH = Prepared(
    sa.update(instance)
    .where(instance.c.id == sa.bindparam("instance_id"), instance.c.version == sa.bindparam("expected"))
    .values(
        status=sa.bindparam("new_status"),
        version=sa.bindparam("expected") + sa.literal_column("1"),
        incidents=sa.bindparam("new_incidents"),
    ),
    expect=1,
)

#: Dates in the state that were counted again; the change itself is a `TOUCH`.
RESTATE = Prepared(
    sa.update(instance).where(instance.c.id == sa.bindparam("instance_id")).values(state=sa.bindparam("new_state"))
)

#: The end by a person's hand: nothing stays alive.
CANCEL = Prepared(
    sa.update(instance)
    .where(instance.c.id == sa.bindparam("instance_id"), instance.c.version == sa.bindparam("expected"))
    .values(
        status=constant(InstanceStatus.CANCELLED),
        state=sa.null(),
        version=sa.bindparam("expected") + sa.literal_column("1"),
        incidents=sa.literal_column("0"),
        ended_at=sa.bindparam("new_ended_at"),
        tokens=sa.bindparam("new_tokens"),
    ),
    expect=1,
)


def locked(session: Session, instance_id: str) -> InstanceRow:
    """Lock the instance and read it, in one round trip. Raises `NotFound`."""
    session.lock(LOCK, {"instance_id": instance_id})
    found = session.row(READ, {"instance_id": instance_id})
    if found is None:
        raise NotFound("没有这个办件")
    return InstanceRow._make(found)


def split(row: Any) -> InstanceRow:
    """The instance's part of a joined row that begins with `STEP_COLUMNS`."""
    return InstanceRow._make(row[: len(InstanceRow._fields)])


def instance_of(session: Session, case_id: str) -> str | None:
    """The id of the case's instance, of several the first; None: the case runs in none."""
    query = sa.select(instance.c.id).where(instance.c.case_id == case_id).order_by(instance.c.started_at).limit(1)
    found: str | None = session.scalar(query)
    return found
