"""How far the demonstration's clock runs ahead of the machine's. One row; production never reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store.base import Instant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.session import Session

demo_clock = sa.Table(
    "demo_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset_seconds", sa.BigInteger, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
)

_INSERT = insert(demo_clock)
_DELETE = Prepared(sa.delete(demo_clock))
_READ = Prepared(sa.select(demo_clock.c.offset_seconds).where(demo_clock.c.id == sa.literal_column("1")))


def offset(session: Session) -> timedelta:
    """The present offset; zero where none was set."""
    found = session.row(_READ, {})
    return timedelta(seconds=found.offset_seconds if found else 0)


def set_offset(session: Session, value: timedelta, *, by: str, now: datetime) -> None:
    """Move the demonstration's clock: from now on it shows the machine's time plus `value`."""
    session.write(_DELETE, {})
    session.write(_INSERT, {"id": 1, "offset_seconds": int(value.total_seconds()), "set_at": now, "set_by": by})
