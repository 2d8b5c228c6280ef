"""One instance, as its diagram shows it: where its tokens stand, which way they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Sight
from engine.environment import Environment
from engine.queries.seeing import require_seen
from engine.queries.timeline import rows_of
from engine.store.instance import instance as instance_table
from engine.store.process_version import process_version
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class InstanceView:
    """An instance without case data; whoever sees names masked at least gets its masked subject."""

    id: str
    process_key: str
    process_title: str
    version_id: str
    version_number: int
    latest_number: int  #: of the process: another one than `version_number` if it was published anew
    case_id: str | None
    case_kind: str
    place: str
    subject: str
    status: str
    incidents: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_event: str | None
    tokens: tuple[tuple[str, str], ...]  #: (process key, element id)
    done_elements: tuple[tuple[str, str], ...]  #: (process key, element id), in the order in which they first ended
    flows: tuple[tuple[str, str], ...]  #: (process key, flow id) that were taken
    sight: Sight  #: how much of its case the reader sees; NONE: only where it stands


_LATEST = process_version.alias("latest")

_READ = (
    sa.select(
        *(
            instance_table.c[name]
            for name in InstanceView.__dataclass_fields__
            if name in instance_table.c and name != "tokens"
        ),
        instance_table.c.tokens,
        process_version.c.title.label("process_title"),
        process_version.c.number.label("version_number"),
        sa.select(sa.func.max(_LATEST.c.number))
        .where(_LATEST.c.process_key == instance_table.c.process_key)
        .scalar_subquery()
        .label("latest_number"),
    )
    .select_from(instance_table.join(process_version, process_version.c.id == instance_table.c.version_id))
    .where(instance_table.c.id == sa.bindparam("instance_id"))
)


def instance(session: Session, env: Environment, instance_id: str, *, actor: Actor) -> InstanceView:
    """The instance. Raises `NotFound`, also where the actor is not to learn of it."""
    seen = require_seen(session, env, instance_id, actor)
    found = session.execute(_READ, {"instance_id": instance_id}).one()
    elements: dict[tuple[str, str], None] = {}
    flows: dict[tuple[str, str], None] = {}
    for row in rows_of(session, instance_id):
        for element_id, process_key, _name, _kind, flow_id in row.data.get("passed", ()):
            where = process_key or found.process_key
            elements[(where, element_id)] = None
            if flow_id:
                flows[(where, flow_id)] = None
    values: dict[str, Any] = found._asdict()
    values["tokens"] = tuple((token[0], token[1]) for token in values["tokens"])
    if seen.sight < Sight.MASKED:
        values["subject"] = ""
    return InstanceView(**values, sight=seen.sight, done_elements=tuple(elements), flows=tuple(flows))
