"""The audit log, for auditors: who did or looked at what, the latest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.store.audit import audit
from engine.store.session import Session

LARGEST_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """One line of the audit."""

    id: str
    at: datetime
    actor_id: str
    actor_name: str
    action: str
    target: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """One page, and where the next one begins (None: it was the last)."""

    rows: tuple[AuditRow, ...]
    next: str | None


def audit_log(
    session: Session,
    actor: Actor,
    *,
    who: str = "",
    action: str = "",
    target: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    after: str | None = None,
) -> AuditPage:
    """Lines of the audit. `who`: part of a name or a whole id; `since` included, `until` not; `after` is the `next` of
    the page before. Raises `NotAllowed`; `ValueError` if `after` is none of ours."""
    require(actor, Permission.AUDIT_READ)
    limit = max(1, min(limit, LARGEST_PAGE))
    wanted = sa.select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit + 1)
    if who:
        wanted = wanted.where(sa.or_(audit.c.actor_id == who, audit.c.actor_name.contains(who, autoescape=True)))
    if action:
        wanted = wanted.where(audit.c.action == action)
    if target:
        wanted = wanted.where(audit.c.target == target)
    if since is not None:
        wanted = wanted.where(audit.c.at >= since)
    if until is not None:
        wanted = wanted.where(audit.c.at < until)
    if after:
        moment, _, identifier = after.partition("|")
        bound = sa.tuple_(sa.literal(datetime.fromisoformat(moment), audit.c.at.type), sa.literal(identifier))
        wanted = wanted.where(sa.tuple_(audit.c.at, audit.c.id) < bound)
    found = session.execute(wanted).all()
    rows = tuple(AuditRow(**{**row._asdict(), "detail": row.detail or {}}) for row in found[:limit])
    return AuditPage(rows=rows, next=f"{rows[-1].at.isoformat()}|{rows[-1].id}" if len(found) > limit else None)
