"""Who looked at a child's file or at its cases, when and why (查阅记录, domain.md 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.seen_children import SeenChild
from engine.store.audit import audit
from engine.store.session import Session

#: The latest of them are shown; the auditors' log has all.
MOST_READINGS = 100
READ = ("child.read", "child.search", "child.unmask", "child.export", "case.read")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One look."""

    at: datetime
    who: str
    action: str
    purpose: str
    part: str
    of_file: bool  #: of the file itself, not of one of its cases


def readings_of(session: Session, found: SeenChild) -> Sequence[Reading]:
    """The latest readings of the file and of those of its cases that this reader knows of. A reading that came through
    a case of which this reader does not know tells of that case, and is left out (M1)."""
    rows = session.execute(
        select(audit)
        .where(audit.c.target.in_([found.row["id"], *found.cases]), audit.c.action.in_(READ))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(MOST_READINGS)
    )
    shown = []
    for row in rows:
        detail = row.detail or {}
        if detail.get("through") is None or detail["through"] in found.cases:
            shown.append(
                Reading(
                    at=row.at,
                    who=row.actor_name,
                    action=row.action,
                    purpose=str(detail.get("purpose", "")),
                    part=str(detail.get("part", "")),
                    of_file=row.target == found.row["id"],
                )
            )
    return shown
