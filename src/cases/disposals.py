"""The disposal list 销毁清单 (domain.md 6.3): files whose time in the archive is over.

The archivist draws the list up; a second person who leads the bureau approves or refuses it; then it is carried out,
each file asked anew whether its time is over: what was taken up again meanwhile is left out, and the list says so. A
sealed file is drawn up and approved by the sealed pair alone. The list itself is kept: archive number, why, until when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa

from cases.children import child
from cases.erasing import erase
from cases.export_rules import holds, require_reason
from cases.files import remove_bytes
from cases.past_time import PastTime, past
from engine.access import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

#: Who draws a list up, and who approves it: of ordinary files (False) and of sealed ones (True).
DRAWERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {False: frozenset({"mzj_archivist"}), True: frozenset({"mzj_sealed"})}
)
APPROVERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {False: frozenset({"mzj_leader"}), True: frozenset({"mzj_sealed"})}
)
_TAKING_PART = {sealed: DRAWERS[sealed] | APPROVERS[sealed] for sealed in (False, True)}
#: Files of one list, so that a person can look at each and a transaction stays short.
MOST_FILES = 200


class DisposalState(StrEnum):
    """Where a list stands."""

    DRAWN = "待批准"
    APPROVED = "已批准"
    REFUSED = "未批准"
    CARRIED_OUT = "已销毁"


class Outcome(StrEnum):
    """What became of one file of a list."""

    WAITING = "待处理"
    DISPOSED = "已销毁"
    LEFT_OUT = "未销毁"  #: worked on again, or its time is no longer over


disposal = sa.Table(
    "disposal",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("place", sa.String(12), nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("drawn_by", sa.String(40), nullable=False),
    sa.Column("drawn_name", sa.String(80), nullable=False),
    sa.Column("drawn_at", Instant, nullable=False),
    sa.Column("decided_by", sa.String(40), nullable=True),
    sa.Column("decided_name", sa.String(80), nullable=True),
    sa.Column("decided_at", Instant, nullable=True),
    sa.Column("reason", sa.String(400), nullable=False, server_default=""),
    sa.Column("done_by", sa.String(40), nullable=True),
    sa.Column("done_name", sa.String(80), nullable=True),
    sa.Column("done_at", Instant, nullable=True),
)

disposal_file = sa.Table(
    "disposal_file",
    metadata,
    sa.Column("disposal_id", sa.String(26), sa.ForeignKey("disposal.id"), primary_key=True),
    sa.Column("child_id", sa.String(40), sa.ForeignKey("child.id"), primary_key=True),
    sa.Column("archive_no", sa.String(20), nullable=False),
    sa.Column("why", sa.String(20), nullable=False),
    sa.Column("until", sa.Date, nullable=False),  #: the first day on which its time was over
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False),
    sa.Column("bytes_left", Json, nullable=False),  #: [id, digest] of attachments yet to be removed from the disk
    sa.Index("ix_disposal_file_child_id", "child_id"),
)


def takes_part(actor: Actor) -> bool:
    """Whether the actor draws up or approves lists of some place."""
    return any(grant.role in (_TAKING_PART[False] | _TAKING_PART[True]) for grant in actor.grants)


def lists_of(session: Session, actor: Actor, *, limit: int = 50) -> Sequence[sa.RowMapping]:
    """The lists that the actor draws up or approves, the latest first."""
    rows = session.execute(sa.select(disposal).order_by(disposal.c.id.desc()).limit(limit * 4)).mappings()
    return [row for row in rows if holds(actor, _TAKING_PART[row["sealed"]], row["place"])][:limit]


def past_their_time(
    session: Session, actor: Actor, *, place: str, sealed: bool = False, now: datetime
) -> tuple[PastTime, ...]:
    """The files of a place whose time is over on the county's day of `now`, the earliest first, at most `MOST_FILES`;
    none that is on a list already.

    :raises NotAllowed: the actor does not draw up lists of these files for all of the place.
    """
    if not holds(actor, DRAWERS[sealed], place):
        raise NotAllowed(f"{actor.name} 无权编制这里的销毁清单")
    found = past(session, place=place, sealed=sealed, now=now, but=_listed())
    return tuple(sorted(found, key=lambda each: each.until)[:MOST_FILES])


def draw_up(session: Session, *, place: str, actor: Actor, now: datetime, sealed: bool = False) -> str:
    """Draw up the list of what is past its time today; returns its id.

    :raises NotAllowed: as `past_their_time`.
    :raises Refused: nothing is.
    """
    found = past_their_time(session, actor, place=place, sealed=sealed, now=now)
    if not found:
        raise Refused("今天没有保存期满、可以列入销毁清单的档案")
    list_id = new_id(now)
    drawn = {"drawn_by": actor.id, "drawn_name": actor.name, "drawn_at": now}
    session.execute(
        sa.insert(disposal).values(id=list_id, place=place, sealed=sealed, state=DisposalState.DRAWN, **drawn)
    )
    for each in found:
        row = {**vars(each), "outcome": Outcome.WAITING, "bytes_left": []}
        session.execute(sa.insert(disposal_file).values(disposal_id=list_id, **row))
    audit.record(session, actor=actor, action="disposal.draw", target=list_id, now=now, detail={"files": len(found)})
    return list_id


def decide(session: Session, list_id: str, *, approved: bool, reason: str, actor: Actor, now: datetime) -> None:
    """A second person approves or refuses; a refused list's files may be listed again.

    :raises NotFound: there is no such list that this actor could decide.
    :raises NotAllowed: who drew the list up decides it.
    :raises Refused: it was decided before.
    :raises SubmissionInvalid: refused without a reason.
    """
    row = _find(session, list_id)
    if row["drawn_by"] == actor.id:
        raise NotAllowed("销毁清单须由第二人批准,不能批准自己编制的清单")
    if not holds(actor, APPROVERS[row["sealed"]], row["place"]):
        raise NotFound(f"没有销毁清单 {list_id}")
    require_reason(approved, reason)
    state = DisposalState.APPROVED if approved else DisposalState.REFUSED
    decided = {"decided_by": actor.id, "decided_name": actor.name, "decided_at": now, "reason": reason.strip()[:400]}
    _move(session, list_id, DisposalState.DRAWN, state=state, **decided)
    audit.record(session, actor=actor, action="disposal.decide", target=list_id, now=now, detail={"state": state})


def carry_out(session: Session, list_id: str, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Dispose of the files of an approved list, all in this transaction; returns the archive numbers of what was left
    out. `clear_bytes` follows once it is committed.

    :raises NotFound: there is no such list that this actor could carry out.
    :raises Refused: it is not approved, or was carried out.
    """
    row = _find(session, list_id)
    if not holds(actor, DRAWERS[row["sealed"]], row["place"]):
        raise NotFound(f"没有销毁清单 {list_id}")
    done = {"done_by": actor.id, "done_name": actor.name, "done_at": now}
    _move(session, list_id, DisposalState.APPROVED, state=DisposalState.CARRIED_OUT, **done)
    left_out = []
    for each in _files(session, list_id):
        if not _dispose(session, each, row, actor, now):
            left_out.append(each["archive_no"])
    return tuple(left_out)


def clear_bytes(session: Session, list_id: str, *, folder: Path, actor: Actor) -> int:
    """Remove from the data folder what a carried out list left there; returns of how many attachments. To be
    called after `carry_out` is committed; whatever stops it, it may be called again.

    :raises NotFound: there is no such list that this actor could carry out.
    """
    row = _find(session, list_id)
    if not holds(actor, DRAWERS[row["sealed"]], row["place"]):
        raise NotFound(f"没有销毁清单 {list_id}")
    removed = 0
    for each in _files(session, list_id):
        for file_id, digest in each["bytes_left"]:
            removed += remove_bytes(session, folder, file_id, digest)
        _mark(session, each, bytes_left=[])
    return removed


def files_of(session: Session, list_id: str, actor: Actor) -> Sequence[sa.RowMapping]:
    """The rows of a list, for whoever draws up or approves such lists there.

    :raises NotFound: there is no such list for this actor.
    """
    row = _find(session, list_id)
    if not holds(actor, _TAKING_PART[row["sealed"]], row["place"]):
        raise NotFound(f"没有销毁清单 {list_id}")
    return _files(session, list_id)


def _dispose(session: Session, each: sa.RowMapping, row: sa.RowMapping, actor: Actor, now: datetime) -> bool:
    """Dispose of one file, if its time is still over once nobody else can begin anything on it."""
    session.execute(sa.select(child.c.id).where(child.c.id == each["child_id"]).with_for_update())
    mine = child.c.id == each["child_id"]
    if not past(session, place=row["place"], sealed=row["sealed"], now=now, only=mine):
        _mark(session, each, outcome=Outcome.LEFT_OUT)
        return False
    attachments = erase(session, each["child_id"], now=now)
    _mark(session, each, outcome=Outcome.DISPOSED, bytes_left=[list(one) for one in attachments])
    detail = {"list": each["disposal_id"], "archive_no": each["archive_no"], "attachments": len(attachments)}
    audit.record(session, actor=actor, action="child.dispose", target=each["child_id"], now=now, detail=detail)
    return True


def _listed() -> sa.Select[tuple[str]]:
    """The children on a list that is not done with."""
    return (
        sa.select(disposal_file.c.child_id)
        .join(disposal, disposal.c.id == disposal_file.c.disposal_id)
        .where(disposal.c.state.in_([DisposalState.DRAWN, DisposalState.APPROVED]))
    )


def _find(session: Session, list_id: str) -> sa.RowMapping:
    row = session.execute(sa.select(disposal).where(disposal.c.id == list_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有销毁清单 {list_id}")
    return row


def _files(session: Session, list_id: str) -> Sequence[sa.RowMapping]:
    query = sa.select(disposal_file).where(disposal_file.c.disposal_id == list_id)
    return session.execute(query.order_by(disposal_file.c.archive_no)).mappings().all()


def _mark(session: Session, each: sa.RowMapping, **values: object) -> None:
    mine = (disposal_file.c.disposal_id == each["disposal_id"], disposal_file.c.child_id == each["child_id"])
    session.execute(sa.update(disposal_file).where(*mine).values(**values))


def _move(session: Session, list_id: str, before: DisposalState, **values: object) -> None:
    """:raises Refused: the list does not stand where it is moved from."""
    changed = session.execute(
        sa.update(disposal).where(disposal.c.id == list_id, disposal.c.state == before).values(**values)
    ).rowcount
    if not changed:
        raise Refused(f"这份销毁清单现为“{_find(session, list_id)['state']}”,不能办理这一步")
