"""The audit as a chain: each link holds the digest of its row and of the link before (domain.md 6.4).

Writers never wait for one another: rows are written as ever, and a job links the committed ones in the order in which
it finds them. Who can write to the database could link everything anew; so the head of the chain is written once a
night to a place outside of it (an *anchor*), and a verification holds the chain against every anchor there is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.store.audit import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

audit_link = sa.Table(
    "audit_link",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("audit_id", sa.String(26), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("linked_at", Instant, nullable=False),
)

#: What the first link is chained to.
ROOT = "0" * 64
#: Rows that one run links at most, and that a verification reads at a time.
BATCH = 1_000
#: A row is committed at most this long after its time; older ones are looked for by the nightly run alone.
LATEST_COMMIT = timedelta(days=2)


class Damage(StrEnum):
    """What a verification may find."""

    CHANGED = "changed"  #: a row does not give the digest of its link
    REMOVED = "removed"  #: a link without its row
    GAP = "gap"  #: a link is missing between two others
    CUT = "cut"  #: the chain is shorter than an anchor says
    REPLACED = "replaced"  #: the chain has another digest at an anchor's place: it was made anew


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of the chain: how many links, and the digest of the last."""

    count: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is not as it was."""

    damage: Damage
    seq: int
    audit_id: str = ""


def digest(before: str, row: Any) -> str:
    """The digest of a row chained to the link before."""
    told = {
        "id": row.id,
        "at": row.at.isoformat(),
        "actor_id": row.actor_id,
        "actor_name": row.actor_name,
        "action": row.action,
        "target": row.target,
        "detail": row.detail,
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def head(session: Session) -> Head:
    """The end of the chain as it stands."""
    query = sa.select(audit_link.c.seq, audit_link.c.hash).order_by(audit_link.c.seq.desc()).limit(1)
    last = session.execute(query).first()
    return Head(count=last.seq, hash=last.hash) if last else Head(count=0, hash=ROOT)


def link_new(session: Session, *, now: datetime, all_of_them: bool = False) -> int:
    """Link up to `BATCH` committed rows that are in no link yet; how many. `now`: the machine's time. Two runs at once
    collide on the link's number, and one of them is rolled back."""
    end = head(session)
    query = sa.select(audit).outerjoin(audit_link, audit_link.c.audit_id == audit.c.id)
    query = query.where(audit_link.c.seq.is_(None)).order_by(audit.c.at, audit.c.id).limit(BATCH)
    if not all_of_them and end.count:
        last = sa.select(audit.c.at).join(audit_link, audit_link.c.audit_id == audit.c.id)
        newest = session.scalar(last.order_by(audit_link.c.seq.desc()).limit(1))
        if newest is not None:
            query = query.where(audit.c.at >= newest - LATEST_COMMIT)
    links, before = [], end.hash
    for seq, row in enumerate(session.execute(query), end.count + 1):
        before = digest(before, row)
        links.append({"seq": seq, "audit_id": row.id, "hash": before, "linked_at": now})
    if links:
        session.execute(sa.insert(audit_link), links)
    return len(links)


def verify(session: Session, anchors: Iterable[Head] = ()) -> Iterator[Problem]:
    """What is not as it was, from the first link to the last, then against the anchors."""
    wanted = {anchor.count: anchor.hash for anchor in anchors if anchor.count}
    before, expected = ROOT, 1
    while True:
        query = sa.select(audit_link.c.seq, audit_link.c.audit_id, audit_link.c.hash, *audit.c)
        query = query.outerjoin(audit, audit.c.id == audit_link.c.audit_id).where(audit_link.c.seq >= expected)
        rows = session.execute(query.order_by(audit_link.c.seq).limit(BATCH)).all()
        for row in rows:
            if row.seq != expected:
                yield Problem(damage=Damage.GAP, seq=expected)
            if row.id is None:
                yield Problem(damage=Damage.REMOVED, seq=row.seq, audit_id=row.audit_id)
            elif digest(before, row) != row.hash:
                yield Problem(damage=Damage.CHANGED, seq=row.seq, audit_id=row.audit_id)
            if wanted.pop(row.seq, row.hash) != row.hash:
                yield Problem(damage=Damage.REPLACED, seq=row.seq, audit_id=row.audit_id)
            before, expected = row.hash, row.seq + 1
        if len(rows) < BATCH:
            break
    for count in sorted(wanted):
        yield Problem(damage=Damage.CUT, seq=count)
