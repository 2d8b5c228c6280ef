"""Giving the ledger out 台账导出 (domain.md 6.1): a second person approves it, at most a thousand rows, a line on it
that says whose copy it is and why, and an entry in the log for the sheet and for each child in it.

Sealed files are in no sheet, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from cases.child_list import MOST_COUNTED, Asked, children_asked
from cases.children import child
from cases.jurisdictions import county_of
from cases.ledger_columns import HEADINGS
from cases.ledger_content import lines_of
from cases.ledger_sheets import write_sheet
from cases.roles import Sight
from engine.access import Actor, covers
from engine.clock import COUNTY_ZONE
from engine.errors import FieldProblem, NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

#: Whoever sees the sensitive file of an area may ask for its sheet; who leads there approves it.
ASKERS = frozenset({"town_officer", "town_leader", "town_head", "mzj_handler", "mzj_leader"})
APPROVERS = frozenset({"town_leader", "town_head", "mzj_leader"})
#: An approval is for now, not for keeps.
VALID_FOR = timedelta(hours=24)
SHORTEST_REASON = 4


class ExportState(StrEnum):
    """Where a request stands."""

    ASKED = "待批准"
    APPROVED = "已批准"
    REFUSED = "未批准"


child_export = Table(
    "child_export",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("place", String(12), nullable=False),  #: the area, by which an approver is found
    Column("narrowed", Json, nullable=False),  #: what the ledger was narrowed to
    Column("purpose", String(400), nullable=False),
    Column("children", Integer, nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("asked_name", String(80), nullable=False),
    Column("asked_unit", String(120), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("decided_by", String(40), nullable=True),
    Column("decided_name", String(80), nullable=True),
    Column("decided_at", Instant, nullable=True),
    Column("reason", String(400), nullable=False, server_default=""),
    Column("taken", Integer, nullable=False),  #: how often the sheet was given out
    Column("taken_at", Instant, nullable=True),
)
Index("ix_child_export_asked_by_asked_at", child_export.c.asked_by, child_export.c.asked_at)
Index("ix_child_export_state_asked_at", child_export.c.state, child_export.c.asked_at)


@dataclass(frozen=True, kw_only=True)
class Given:
    """A sheet that is given out."""

    name: str
    content: bytes


def may_export(actor: Actor) -> bool:
    """Whether the actor may ask for a sheet."""
    return any(grant.role in ASKERS for grant in actor.grants)


def ask_export(session: Session, asked: Asked, *, purpose: str, actor: Actor, now: datetime) -> str:
    """Ask for the sheet of what the ledger is narrowed to; returns the request's id.

    :raises NotAllowed: the actor may not ask.
    :raises SubmissionInvalid: no purpose.
    :raises Refused: nobody fits, or too many.
    """
    if not may_export(actor):
        raise NotAllowed("您的岗位不能导出台账")
    if len(purpose.strip()) < SHORTEST_REASON:
        raise SubmissionInvalid([FieldProblem(field="purpose", rule="required", message="请写明导出用途,至少4个字")])
    number = _count(session, _wanted(actor, asked))
    _require_bearable(number)
    request_id = new_id(now)
    session.execute(
        insert(child_export).values(
            id=request_id,
            place=_place(actor, asked),
            narrowed=asked.as_dict(),
            purpose=purpose.strip()[:400],
            children=number,
            asked_by=actor.id,
            asked_name=actor.name,
            asked_unit=actor.unit,
            asked_at=now,
            state=ExportState.ASKED,
            taken=0,
        )
    )
    detail = {"purpose": purpose.strip(), "children": number}
    audit.record(session, actor=actor, action="child.export.ask", target=request_id, now=now, detail=detail)
    return request_id


def _wanted(actor: Actor, asked: Asked) -> ColumnElement[bool]:
    """Whom the sheet holds: those of whom the asker sees the sensitive file by the area, not by an own application."""
    areas = Actor(id="", name=actor.name, grants=tuple(g for g in actor.grants if g.role in ASKERS))
    return and_(or_(*children_asked(areas, asked, Sight.SENSITIVE)), child.c.sealed_hiv.is_(False))


def _count(session: Session, wanted: ColumnElement[bool]) -> int:
    bounded = select(child.c.id).where(wanted).limit(MOST_COUNTED + 1).subquery()
    return int(session.scalar(select(func.count()).select_from(bounded)) or 0)


def _require_bearable(number: int) -> None:
    if number == 0:
        raise Refused("没有符合条件、您可以导出的儿童")
    if number > MOST_COUNTED:
        raise Refused(f"一次最多导出 {MOST_COUNTED} 名儿童。请按乡镇、村、类别或状态缩小范围后再申请")


def _place(actor: Actor, asked: Asked) -> str:
    """The area of the request: what was asked for, inside the own one; else all of the own one. Whoever approves must
    lead all of it."""
    own = [grant.place for grant in actor.grants if grant.role in ASKERS]
    inside = asked.place and any(asked.place.startswith(place) for place in own)
    if inside:
        return asked.place
    widest = min(own, key=len)
    return widest if all(place.startswith(widest) for place in own) else county_of(widest)


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
    if not _may_decide(actor, row):
        raise NotFound(f"没有导出申请 {request_id}")
    if row["state"] != ExportState.ASKED:
        raise Refused(f"这个申请已由 {row['decided_name']} 办理:{row['state']}")
    if not approved and len(reason.strip()) < SHORTEST_REASON:
        raise SubmissionInvalid([FieldProblem(field="reason", rule="required", message="请写明不批准的理由,至少4个字")])
    state = ExportState.APPROVED if approved else ExportState.REFUSED
    changed = session.execute(
        update(child_export)
        .where(child_export.c.id == request_id, child_export.c.state == ExportState.ASKED)
        .values(state=state, decided_by=actor.id, decided_name=actor.name, decided_at=now, reason=reason.strip()[:400])
    ).rowcount
    if not changed:
        raise Refused("这个申请刚刚由另一位同事办理")
    audit.record(
        session, actor=actor, action="child.export.decide", target=request_id, now=now, detail={"state": state}
    )


def _may_decide(actor: Actor, row: RowMapping) -> bool:
    return any(grant.role in APPROVERS and covers(grant, row["place"]) for grant in actor.grants)


def _find(session: Session, request_id: str) -> RowMapping:
    row = session.execute(select(child_export).where(child_export.c.id == request_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有导出申请 {request_id}")
    return row


def take_export(session: Session, request_id: str, *, actor: Actor, now: datetime) -> Given:
    """Give the sheet out to its asker, as the files stand now.

    :raises NotFound: there is no such request of this actor.
    :raises Refused: it is not approved, or not any more; or there are too many children by now.
    """
    row = _find(session, request_id)
    if row["asked_by"] != actor.id:
        raise NotFound(f"没有导出申请 {request_id}")
    if row["state"] != ExportState.APPROVED:
        raise Refused("这个导出申请还没有批准")
    if row["decided_at"] is None or now > row["decided_at"] + VALID_FOR:
        raise Refused("批准已过24小时,请重新申请")
    wanted = _wanted(actor, Asked(**row["narrowed"]))
    _require_bearable(_count(session, wanted))
    lines = lines_of(session, wanted, now=now)
    _note(session, row, [line.child_id for line in lines], actor, now)
    content = write_sheet(HEADINGS, (line.cells for line in lines), mark=mark_of(dict(row), actor, len(lines), now))
    return Given(name=f"儿童台账-{now.astimezone(COUNTY_ZONE):%Y%m%d-%H%M}.xlsx", content=content)


def mark_of(row: Mapping[str, Any], actor: Actor, number: int, now: datetime) -> str:
    """The line on the sheet: whose copy it is, who approved it, for what."""
    return " · ".join(
        (
            "内部资料 严禁外传",
            f"导出人 {actor.name}({row['asked_unit']})",
            f"批准人 {row['decided_name']}",
            f"用途 {row['purpose']}",
            f"{now.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}",
            f"共 {number} 人",
            f"编号 {row['id']}",
        )
    )


def _note(session: Session, row: RowMapping, child_ids: Sequence[str], actor: Actor, now: datetime) -> None:
    session.execute(
        update(child_export).where(child_export.c.id == row["id"]).values(taken=child_export.c.taken + 1, taken_at=now)
    )
    told = {"purpose": row["purpose"], "request": row["id"], "approved_by": row["decided_name"]}
    for target, detail in ((row["id"], {**told, "children": len(child_ids)}), *((one, told) for one in child_ids)):
        audit.record(session, actor=actor, action="child.export", target=target, now=now, detail=detail)


def exports_of(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The actor's own requests, the latest first."""
    return _requests(session, child_export.c.asked_by == actor.id)


def exports_to_decide(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The requests that wait for this actor's decision."""
    places = [grant.place for grant in actor.grants if grant.role in APPROVERS]
    if not places:
        return ()
    area = or_(*(child_export.c.place.startswith(place, autoescape=True) for place in places))
    return _requests(
        session, and_(child_export.c.state == ExportState.ASKED, child_export.c.asked_by != actor.id, area)
    )


def _requests(session: Session, wanted: ColumnElement[bool]) -> Sequence[RowMapping]:
    rows = session.execute(select(child_export).where(wanted).order_by(child_export.c.asked_at.desc()).limit(50))
    return tuple(rows.mappings())
