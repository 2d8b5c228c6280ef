"""The sheet 台账表格: the county's columns in full, for Excel, of whom the list of children was narrowed to.

Sealed files are in no sheet, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from cases.child_list import Asked, children_asked
from cases.children import child
from cases.export_rules import ASKERS, MOST_CHILDREN, Measured
from cases.jurisdictions import county_of
from cases.ledger_columns import HEADINGS
from cases.ledger_content import lines_of
from cases.ledger_sheets import write_sheet
from cases.roles import Sight
from engine.access import Actor
from engine.calendar import county_minute
from engine.errors import NotAllowed
from engine.store.session import Session


def measure(session: Session, actor: Actor, narrowed: Mapping[str, str]) -> Measured:
    """How far the sheet reaches.

    :raises NotAllowed: the actor sees nobody's sensitive file by the area.
    """
    asked = Asked(**narrowed)
    return Measured(place=_place(actor, asked), sealed=False, children=_count(session, _wanted(actor, asked)))


def _wanted(actor: Actor, asked: Asked) -> ColumnElement[bool]:
    """Whom the sheet holds: those of whom the asker sees the sensitive file by the area, not by an own application."""
    areas = Actor(id="", name=actor.name, grants=tuple(g for g in actor.grants if g.role in ASKERS[False]))
    return and_(or_(*children_asked(areas, asked, Sight.SENSITIVE)), child.c.sealed_hiv.is_(False))


def _count(session: Session, wanted: ColumnElement[bool]) -> int:
    bounded = select(child.c.id).where(wanted).limit(MOST_CHILDREN + 1).subquery()
    return int(session.scalar(select(func.count()).select_from(bounded)) or 0)


def _place(actor: Actor, asked: Asked) -> str:
    """The area of the request: what was asked for, inside the own one; else all of the own one."""
    own = [grant.place for grant in actor.grants if grant.role in ASKERS[False]]
    if not own:
        raise NotAllowed("您的岗位不能导出台账")
    inside = asked.place and any(asked.place.startswith(place) for place in own)
    if inside:
        return asked.place
    widest = min(own, key=len)
    return widest if all(place.startswith(widest) for place in own) else county_of(widest)


def sheet_of(session: Session, row: Mapping[str, Any], actor: Actor, now: datetime) -> tuple[Sequence[str], bytes]:
    """The children of an approved request, as their files stand now, and their sheet."""
    lines = lines_of(session, _wanted(actor, Asked(**row["narrowed"])), now=now)
    mark = _mark(row, actor, len(lines), now)
    return [line.child_id for line in lines], write_sheet(HEADINGS, (line.cells for line in lines), mark=mark)


def _mark(row: Mapping[str, Any], actor: Actor, number: int, now: datetime) -> str:
    """The line on the sheet: whose copy it is, who approved it, for what."""
    return " · ".join(
        (
            "内部资料 严禁外传",
            f"导出人 {actor.name}({row['asked_unit']})",
            f"批准人 {row['decided_name']}",
            f"用途 {row['purpose']}",
            county_minute(now),
            f"共 {number} 人",
            f"编号 {row['id']}",
        )
    )
