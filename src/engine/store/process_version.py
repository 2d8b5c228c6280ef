"""Published versions of processes. A version never changes; instances stay on theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.base import Instant, Json, metadata
from engine.store.prepared import Prepared, insert
from engine.store.session import Session

process_version = sa.Table(
    "process_version",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  #: 1, 2, 3 … per process
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("case_kind", sa.String(40), nullable=False),
    sa.Column("starters", Json, nullable=False),  #: role codes that may start an instance
    sa.Column("bundle", sa.LargeBinary, nullable=False),  #: the packed files, called processes included
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.UniqueConstraint("process_key", "number"),
    sa.UniqueConstraint("process_key", "content_hash"),
)

INSERT = insert(process_version)

_LATEST = Prepared(
    sa.select(
        process_version.c.id,
        process_version.c.process_key,
        process_version.c.number,
        process_version.c.content_hash,
        process_version.c.title,
        process_version.c.case_kind,
        process_version.c.starters,
    )
    .where(process_version.c.process_key == sa.bindparam("process_key"))
    .order_by(process_version.c.number.desc())
    .limit(sa.literal_column("1"))
)

_BUNDLE = Prepared(sa.select(process_version.c.bundle).where(process_version.c.id == sa.bindparam("version_id")))

_SAME = Prepared(
    sa.select(process_version.c.id, process_version.c.number).where(
        process_version.c.process_key == sa.bindparam("process_key"),
        process_version.c.content_hash == sa.bindparam("content_hash"),
    )
)


def latest(session: Session, process_key: str) -> Any:
    """The version in force (without its files), or None."""
    return session.row(_LATEST, {"process_key": process_key})


def first_published(session: Session, process_key: str) -> datetime | None:
    """When the process's first version was published; None: it never was."""
    query = sa.select(sa.func.min(process_version.c.published_at)).where(process_version.c.process_key == process_key)
    found: datetime | None = session.scalar(query)
    return found


def with_content(session: Session, process_key: str, content_hash: str) -> Any:
    """The version (id, number) with exactly these files, or None."""
    return session.row(_SAME, {"process_key": process_key, "content_hash": content_hash})


def packed_bundle(session: Session, version_id: str) -> bytes | None:
    """The packed files of a version, or None."""
    found = session.row(_BUNDLE, {"version_id": version_id})
    return None if found is None else found.bundle
