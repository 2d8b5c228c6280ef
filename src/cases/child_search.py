"""Looking for a child by the exact id number (domain.md 6.1): only whoever sees a case of the child finds the file.

A sealed file is found by the sealed pair alone; to everybody else the answer is the same as for a child that nobody
knows. Each file found is entered in the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, exists, select

from cases.case_files import case_file, visible
from cases.children import child
from cases.roles import Sight
from engine.access import Actor
from engine.store import audit
from engine.store.session import Session


def by_idcard(session: Session, idcard: str, *, actor: Actor, now: datetime) -> Sequence[RowMapping]:
    """The files with this id number that the actor may know of: none, one, or for the sealed officer the sealed one."""
    seen = exists().where(
        case_file.c.child_id == child.c.id,
        case_file.c.sealed_hiv == child.c.sealed_hiv,
        visible(actor, Sight.MASKED),
    )
    found = session.execute(select(child).where(child.c.idcard == idcard.strip().upper(), seen)).mappings().all()
    for row in found:
        audit.record(session, actor=actor, action="child.search", target=row["id"], now=now, detail={})
    return found
