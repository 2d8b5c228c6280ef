"""Published processes with their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.instance import instance
from engine.store.process_version import process_version
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One version."""

    id: str
    number: int
    content_hash: str
    published_at: datetime
    published_by: str
    running: int  #: instances that have not ended


@dataclass(frozen=True, kw_only=True)
class ProcessRow:
    """One process; its latest version, the first in `versions`, is in force."""

    key: str
    title: str
    case_kind: str
    starters: tuple[str, ...]
    versions: tuple[VersionRow, ...]


def processes(session: Session) -> tuple[ProcessRow, ...]:
    """All processes by key, each with its versions, the latest first."""
    counted = session.execute(
        sa.select(instance.c.version_id, sa.func.count().label("running"))
        .where(instance.c.status.in_(["running", "suspended"]))
        .group_by(instance.c.version_id)
    )
    running: dict[str, int] = {row.version_id: row.running for row in counted}
    columns = [column for column in process_version.c if column.name != "bundle"]
    found = session.execute(
        sa.select(*columns).order_by(process_version.c.process_key, process_version.c.number.desc())
    )
    by_key: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
    for row in found:
        by_key.setdefault(row.process_key, []).append(row)
    return tuple(
        ProcessRow(
            key=key,
            title=rows[0].title,
            case_kind=rows[0].case_kind,
            starters=tuple(rows[0].starters),
            versions=tuple(
                VersionRow(
                    id=row.id,
                    number=row.number,
                    content_hash=row.content_hash,
                    published_at=row.published_at,
                    published_by=row.published_by,
                    running=running.get(row.id, 0),
                )
                for row in rows
            ),
        )
        for key, rows in by_key.items()
    )
