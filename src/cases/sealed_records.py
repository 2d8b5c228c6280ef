"""The sealed record 涉密档案 (domain.md 5, `sealed_record`): who the child of a sealed file is, under a key of its own.

The child's ordinary row holds a code and what the processes decide by. The identity stands here, sealed with the second
ring and bound to its child, so that a record put under another child does not open. Keyed digests find a record by an
exact id number; nobody without the key can try numbers out. Only `children` writes here and only `sealed_identity`
reads (tests/architecture).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import SealBroken
from engine.sealing import Keyring
from engine.store import tagged
from engine.store.base import Instant, metadata
from engine.store.session import Database, Session
from engine.store.veils import ring_on


class Kind(StrEnum):
    """Why a file is sealed: a letter, so that the table does not tell (domain.md 5: HIV / 性侵 / 案件)."""

    HEALTH = "A"  #: HIV
    ASSAULT = "B"  #: 性侵
    CASE = "C"  #: 案件


sealed_record = sa.Table(
    "sealed_record",
    metadata,
    sa.Column("child_id", sa.String(40), sa.ForeignKey("child.id"), primary_key=True),
    sa.Column("kind", sa.String(1), nullable=False),
    sa.Column("document", sa.Text, nullable=False),  #: `SealedIdentity`, sealed
    sa.Column("mark", sa.String(64), nullable=False, unique=True),  #: keyed digest of who this is
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

#: Records that a transaction of `rekey` rewrites at most.
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class SealedIdentity:
    """Who the child is, and where: what stands nowhere else readable."""

    name: str
    idcard: str | None
    birth: date | None
    hukou_code: str  #: the village; the row says the county
    no_id_reason: str | None = None
    ethnic: str | None = None
    live_address: str | None = None
    phone: str | None = None


#: What a change of the child's row brings here instead.
KEPT_HERE = frozenset(SealedIdentity.__dataclass_fields__) - {"birth"}


def keep(session: Session, child_id: str, who: SealedIdentity, *, now: datetime) -> None:
    """Enter the record of a file that was just opened."""
    values = _sealed(_ring(session), child_id, who)
    session.execute(
        sa.insert(sealed_record).values(child_id=child_id, kind=Kind.HEALTH, made_at=now, changed_at=now, **values)
    )


def change(session: Session, child_id: str, values: Mapping[str, object], *, now: datetime) -> None:
    """Set some of what the record says."""
    who = read(session, child_id)
    if who is None:
        raise SealBroken(f"涉密档案 {child_id} 缺少封存记录,请从备份恢复")
    changed = _sealed(_ring(session), child_id, replace(who, **values))  # type: ignore[arg-type]
    session.execute(
        sa.update(sealed_record).where(sealed_record.c.child_id == child_id).values(**changed, changed_at=now)
    )


def read(session: Session, child_id: str) -> SealedIdentity | None:
    """What the record says; None: there is none. For `sealed_identity`, which asks who reads and notes it."""
    found = session.scalar(sa.select(sealed_record.c.document).where(sealed_record.c.child_id == child_id))
    if found is None:
        return None
    told = tagged.unpack(tagged.loads(_ring(session).unseal(found, _place(child_id))))
    return SealedIdentity(**told)


def children_with(session: Session, idcard: str) -> tuple[str, ...]:
    """The children whose record has exactly this id number: for who may know of sealed files."""
    return _marked(session, _by_number(idcard))


def children_described(session: Session, *, name: str, birth: date | None, hukou_code: str) -> tuple[str, ...]:
    """The same for a child without a number, by name, birth and village."""
    return _marked(session, _by_description(name, birth, hukou_code))


def rekey(database: Database) -> int:
    """Rewrite every record under the ring's first key, its mark too; returns how many. Small transactions: it may be
    killed and started again, and the system may run meanwhile."""
    last, changed = "", 0
    while True:
        with database.transaction() as session:
            ring = _ring(session)
            wanted = sa.select(sealed_record).where(sealed_record.c.child_id > last)
            rows = session.execute(wanted.order_by(sealed_record.c.child_id).limit(BATCH).with_for_update()).all()
            for row in rows:
                if ring.is_current(row.document):
                    continue
                who = read(session, row.child_id)
                assert who is not None
                values = _sealed(ring, row.child_id, who)
                session.execute(
                    sa.update(sealed_record).where(sealed_record.c.child_id == row.child_id).values(**values)
                )
                changed += 1
        if len(rows) < BATCH:
            return changed
        last = rows[-1].child_id


def _ring(session: Session) -> Keyring:
    return ring_on(session.connection.dialect, sealed_record.name)


def _sealed(ring: Keyring, child_id: str, who: SealedIdentity) -> dict[str, str]:
    text = tagged.dumps(tagged.pack(asdict(who)))
    mark = _by_number(who.idcard) if who.idcard else _by_description(who.name, who.birth, who.hukou_code)
    return {"document": ring.seal(text, _place(child_id)), "mark": ring.marks(mark, sealed_record.name)[0]}


def _marked(session: Session, text: str) -> tuple[str, ...]:
    marks: Iterable[str] = _ring(session).marks(text, sealed_record.name)
    found = session.execute(sa.select(sealed_record.c.child_id).where(sealed_record.c.mark.in_(list(marks))))
    return tuple(found.scalars())


def _place(child_id: str) -> str:
    return f"{sealed_record.name}:{child_id}"


def _by_number(idcard: str) -> str:
    return f"number:{idcard.upper()}"


def _by_description(name: str, birth: date | None, hukou_code: str) -> str:
    return f"described:{name}|{birth or ''}|{hukou_code}"
