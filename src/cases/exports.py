"""Giving lists of children out 台账导出 (domain.md 6.1: a second person, a watermark, at most 1 000 rows, a log).

Whoever keeps the ledger asks with a purpose; somebody else who leads all of the area approves or refuses; then the
asker alone takes it away for a day, as the masked list on paper or as the sheet in full: what leaves the program leaves
its rights behind. An entry of the log tells of the export, and one of each child in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    and_,
    insert,
    or_,
    select,
    update,
)

from cases import exported_list, exported_sheet
from cases.export_rules import (
    APPROVERS,
    ASKERS,
    SHORTEST_REASON,
    VALID_FOR,
    Measured,
    holds,
    require_bearable,
    require_reason,
)
from cases.ledger import Ledger
from cases.papers import ledger_as_docx
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.errors import FieldProblem, NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.settings import Settings
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session


class ExportKind(StrEnum):
    """What leaves."""

    LIST = "名册"  #: the masked ledger of a place, on paper
    SHEET = "表格"  #: the county's columns in full, for Excel


class ExportState(StrEnum):
    """Where a request stands."""

    ASKED = "待批准"
    APPROVED = "已批准"
    REFUSED = "未批准"


export = Table(
    "export",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("place", String(12), nullable=False),  #: the area, by which an approver is found
    Column("sealed", Boolean, nullable=False),
    Column("narrowed", Json, nullable=False),  #: what the list was narrowed to
    Column("purpose", String(400), nullable=False),
    Column("children", Integer, nullable=True),  #: when it was asked for; None: was not counted then
    Column("asked_by", String(40), nullable=False),
    Column("asked_name", String(80), nullable=False),
    Column("asked_unit", String(120), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("decided_by", String(40), nullable=True),
    Column("decided_name", String(80), nullable=True),
    Column("decided_at", Instant, nullable=True),
    Column("reason", String(400), nullable=False, server_default=""),
    Column("valid_until", Instant, nullable=True),  #: an approval's end
)
Index("ix_export_asked_by_asked_at", export.c.asked_by, export.c.asked_at)
Index("ix_export_state_asked_at", export.c.state, export.c.asked_at)

_MEASURES: Mapping[ExportKind, Callable[[Session, Actor, Mapping[str, str]], Measured]] = MappingProxyType(
    {ExportKind.LIST: exported_list.measure, ExportKind.SHEET: exported_sheet.measure}
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file that is given out."""

    name: str
    content: bytes


def may_export(actor: Actor, *, sealed: bool = False) -> bool:
    """Whether the actor may ask for a list of ordinary, or of sealed, files of some place."""
    return any(grant.role in ASKERS[sealed] for grant in actor.grants)


def ask_export(
    session: Session, kind: ExportKind, narrowed: Mapping[str, str], *, purpose: str, actor: Actor, now: datetime
) -> str:
    """Ask for what the list is narrowed to: a sheet by the fields of `child_list.Asked`, a list by `place` and `scope`;
    returns the request's id.

    :raises NotAllowed: the actor may not ask.
    :raises NotFound: there is no such place in the actor's area.
    :raises SubmissionInvalid: no purpose.
    :raises Refused: nobody fits, or too many.
    """
    found = _MEASURES[kind](session, actor, narrowed)
    if len(purpose.strip()) < SHORTEST_REASON:
        raise SubmissionInvalid([FieldProblem(field="purpose", rule="required", message="请写明导出用途,至少4个字")])
    require_bearable(found.children)
    request_id = new_id(now)
    session.execute(
        insert(export).values(
            id=request_id,
            kind=kind,
            **vars(found),
            narrowed=dict(narrowed),
            purpose=purpose.strip()[:400],
            asked_by=actor.id,
            asked_name=actor.name,
            asked_unit=actor.unit,
            asked_at=now,
            state=ExportState.ASKED,
        )
    )
    detail = {"purpose": purpose.strip(), "children": found.children}
    audit.record(session, actor=actor, action="child.export.ask", target=request_id, now=now, detail=detail)
    return request_id


def decide_export(
    session: Session, request_id: str, *, approved: bool, reason: str, actor: Actor, now: datetime
) -> None:
    """A second person approves or refuses.

    :raises NotFound: there is no such request that this actor could decide.
    :raises NotAllowed: the asker decides the own request.
    :raises Refused: it was decided before.
    :raises SubmissionInvalid: refused without a reason.
    """
    row = _find(session, request_id)
    if row["asked_by"] == actor.id:
        raise NotAllowed("导出须由第二人批准,不能批准自己的申请")
    if not holds(actor, APPROVERS[row["sealed"]], row["place"]):
        raise NotFound(f"没有导出申请 {request_id}")
    if row["state"] != ExportState.ASKED:
        raise Refused(f"这个申请已由 {row['decided_name']} 办理:{row['state']}")
    require_reason(approved, reason)
    state = ExportState.APPROVED if approved else ExportState.REFUSED
    decided = {"state": state, "decided_by": actor.id, "decided_name": actor.name, "decided_at": now}
    changed = session.execute(
        update(export)
        .where(export.c.id == request_id, export.c.state == ExportState.ASKED)
        .values(**decided, reason=reason.strip()[:400], valid_until=now + VALID_FOR if approved else None)
    ).rowcount
    if not changed:
        raise Refused("这个申请刚刚由另一位同事办理")
    audit.record(
        session, actor=actor, action="child.export.decide", target=request_id, now=now, detail={"state": state}
    )


def _find(session: Session, request_id: str) -> RowMapping:
    row = session.execute(select(export).where(export.c.id == request_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有导出申请 {request_id}")
    return row


def take_sheet(session: Session, request_id: str, *, actor: Actor, now: datetime) -> Given:
    """Give the approved sheet out to its asker, as the files stand now; noted each time.

    :raises NotFound: there is no such request of this actor.
    :raises Refused: it is not approved, or not any more; or there are too many children by now.
    """
    row = _approved(session, request_id, ExportKind.SHEET, actor, now)
    children, content = exported_sheet.sheet_of(session, dict(row), actor, now)
    _note(session, row, children, actor, now)
    return Given(name=f"儿童台账-{now.astimezone(COUNTY_ZONE):%Y%m%d-%H%M}.xlsx", content=content)


def take_list(session: Session, request_id: str, *, actor: Actor, now: datetime) -> tuple[Ledger, str]:
    """The approved ledger and the mark on its pages, for its asker; noted each time.

    :raises NotFound: there is no such request of this actor.
    :raises Refused: it is not approved, or not any more; or there are too many children by now.
    """
    row = _approved(session, request_id, ExportKind.LIST, actor, now)
    found, mark = exported_list.list_of(session, dict(row), actor, now)
    _note(session, row, found.child_ids, actor, now)
    return found, mark


def take_list_as_word(session: Session, request_id: str, *, actor: Actor, settings: Settings, now: datetime) -> Given:
    """The approved ledger as a Word file, for its asker; noted each time.

    :raises NotFound: there is no such request of this actor.
    :raises Refused: as `take_list`; or the county's template cannot be filled in.
    """
    found, mark = take_list(session, request_id, actor=actor, now=now)
    content = ledger_as_docx(session, found, watermark=mark, settings=settings, now=now)
    return Given(name=f"{found.area}信息台账.docx", content=content)


def _approved(session: Session, request_id: str, kind: ExportKind, actor: Actor, now: datetime) -> RowMapping:
    """The request, for its asker, while it may be taken; measured anew, for rights and files have changed since."""
    row = _find(session, request_id)
    if row["asked_by"] != actor.id or row["kind"] != kind:
        raise NotFound(f"没有导出申请 {request_id}")
    if row["state"] != ExportState.APPROVED:
        raise Refused("这个导出申请还没有批准")
    if now > row["valid_until"]:
        raise Refused("批准已过期,请重新申请")
    found = _MEASURES[kind](session, actor, row["narrowed"])
    if found.sealed != row["sealed"]:  # approved of other files than this person reads by now
        raise NotFound(f"没有导出申请 {request_id}")
    require_bearable(found.children)
    return row


def _note(session: Session, row: RowMapping, child_ids: Sequence[str], actor: Actor, now: datetime) -> None:
    told = {"purpose": row["purpose"], "request": row["id"], "approved_by": row["decided_name"]}
    for target, detail in ((row["id"], {**told, "children": len(child_ids)}), *((one, told) for one in child_ids)):
        audit.record(session, actor=actor, action="child.export", target=target, now=now, detail=detail)


def exports_of(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The actor's own requests, the latest first."""
    return _requests(session, export.c.asked_by == actor.id)


def exports_to_decide(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The requests that wait for this actor's decision."""
    areas = [
        and_(export.c.sealed.is_(sealed), export.c.place.startswith(grant.place, autoescape=True))
        for grant in actor.grants
        for sealed, roles in APPROVERS.items()
        if grant.role in roles
    ]
    if not areas:
        return ()
    return _requests(session, and_(export.c.state == ExportState.ASKED, export.c.asked_by != actor.id, or_(*areas)))


def _requests(session: Session, wanted: ColumnElement[bool]) -> Sequence[RowMapping]:
    rows = session.execute(select(export).where(wanted).order_by(export.c.asked_at.desc()).limit(50))
    return tuple(rows.mappings())
