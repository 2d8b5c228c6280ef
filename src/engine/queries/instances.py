"""Instances for those who run the system: without case data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.store.instance import instance
from engine.store.session import Session

LARGEST_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class InstanceRow:
    """One line."""

    id: str
    process_key: str
    version_id: str
    case_id: str | None
    place: str
    status: str
    incidents: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    tokens: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class InstancesPage:
    """One page, and where the next one begins."""

    rows: tuple[InstanceRow, ...]
    next: str | None


def instances(
    session: Session,
    *,
    actor: Actor,
    status: str | None = None,
    key: str | None = None,
    case_id: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> InstancesPage:
    """Instances, the latest first; `after` is the `next` of the page before. Raises `NotAllowed`."""
    require(actor, Permission.INSTANCE_SEE)
    limit = max(1, min(limit, LARGEST_PAGE))
    columns = [instance.c[name] for name in InstanceRow.__dataclass_fields__]
    wanted = sa.select(*columns).order_by(instance.c.started_at.desc(), instance.c.id.desc()).limit(limit + 1)
    if status is not None:
        wanted = wanted.where(instance.c.status == status)
    if key is not None:
        wanted = wanted.where(instance.c.process_key == key)
    if case_id is not None:
        wanted = wanted.where(instance.c.case_id == case_id)
    if after is not None:
        moment, _, identifier = after.partition("|")
        bound = sa.tuple_(sa.literal(datetime.fromisoformat(moment), instance.c.started_at.type), identifier)
        wanted = wanted.where(sa.tuple_(instance.c.started_at, instance.c.id) < bound)
    found = list(session.execute(wanted))
    rows = tuple(
        InstanceRow(**{**row._asdict(), "tokens": tuple((token[0], token[1]) for token in row.tokens)})
        for row in found[:limit]
    )
    last = rows[-1] if len(found) > limit else None
    return InstancesPage(rows=rows, next=None if last is None else f"{last.started_at.isoformat()}|{last.id}")
