"""Steps and jobs that failed for good and wait for an administrator. Each keeps what is needed to try again."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from engine.store.base import Instant, constant, metadata
from engine.store.prepared import Prepared, insert
from engine.store.veils import Veiled, VeiledFields


class IncidentStatus(StrEnum):
    """Where an incident stands."""

    OPEN = "open"  #: waits for an administrator
    RESOLVED = "resolved"  #: tried again with success, or overtaken


incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id")),  #: None: the start itself failed
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),  #: errors.StepFailed.kind, or "service", "message", "worker"
    sa.Column("element_id", sa.String(80)),
    sa.Column("element_name", sa.String(200)),
    sa.Column("token_id", sa.String(40)),
    sa.Column("job_id", sa.String(26)),
    sa.Column("message", Veiled("incident.message"), nullable=False),
    sa.Column("detail", VeiledFields("incident.detail")),
    sa.Column("stimulus", VeiledFields("incident.stimulus", typed=True)),  #: {"type": …, fields} of the failed step
    sa.Column("request", VeiledFields("incident.request", typed=True)),  #: the person's command, to be given again
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),
    sa.Column("resolved_by", sa.String(80)),
    sa.Column("resolution", sa.String(200)),
    sa.Index("ix_incident_instance_id", "instance_id"),
)

OPEN = constant(IncidentStatus.OPEN)
sa.Index(
    "ix_incident_open",
    incident.c.opened_at,
    incident.c.id,
    postgresql_where=incident.c.status == OPEN,
    sqlite_where=incident.c.status == OPEN,
)

INSERT = insert(incident)

READ = Prepared(sa.select(incident).where(incident.c.id == sa.bindparam("incident_id")))

_RESOLVED = {
    "status": constant(IncidentStatus.RESOLVED),
    "resolved_at": sa.bindparam("new_resolved_at"),
    "resolved_by": sa.bindparam("new_resolved_by"),
    "resolution": sa.bindparam("new_resolution"),
}

RESOLVE = Prepared(
    sa.update(incident)
    .where(incident.c.id == sa.bindparam("incident_id"), incident.c.status == OPEN)
    .values(**_RESOLVED)
)

RESOLVE_ALL = Prepared(
    sa.update(incident)
    .where(incident.c.instance_id == sa.bindparam("of_instance"), incident.c.status == OPEN)
    .values(**_RESOLVED)
)

#: Open incidents of an instance, when a step of it succeeded: those of the same token or job are overtaken.
OPEN_OF_INSTANCE = Prepared(
    sa.select(incident.c.id, incident.c.token_id, incident.c.job_id).where(
        incident.c.instance_id == sa.bindparam("of_instance"), incident.c.status == OPEN
    )
)
