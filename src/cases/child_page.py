"""One child's file 儿童档案 as its page shows it (一人一档案, domain.md 5, 6.1): only what the reader may see of it.

Whoever opens a part of it is entered in the audit by `seen_children.note_opening`. What is sensitive (health, custody,
income, money) needs the sensitive file; what hangs on a case needs sight of that case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, func, or_, select

from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.child_alerts import Alerts, alerts
from cases.child_money import Allowance, allowances
from cases.child_people import People, people_around
from cases.children import child_education, child_health
from cases.decisions import decision
from cases.materials import material
from cases.quarters import visit
from cases.readings import ReadingPage, may_read_of_child, readings_of_child
from cases.roles import PROTECTION_KINDS, Sight
from cases.seen_children import SeenChild, note_opening, require_child
from engine.access import Actor
from engine.store.instance import instance
from engine.store.session import Session


class Part(StrEnum):
    """A tab of the file."""

    FAMILY = "family"  #: 家庭与监护
    MONEY = "money"  #: 保障待遇
    CASES = "cases"  #: 办件
    VISITS = "visits"  #: 走访
    PAPERS = "papers"  #: 材料
    READINGS = "readings"  #: 查阅记录


@dataclass(frozen=True, kw_only=True)
class ChildPage:
    """The file: its head and its years always, of the tabs the one that was asked for."""

    row: RowMapping
    seen: Sight
    by_area: Sight
    parts: tuple[Part, ...]  #: the tabs that this reader has
    part: Part
    alerts: Alerts
    cases: Sequence[RowMapping]  #: the latest first
    decisions: Sequence[RowMapping]  #: recognitions, changes and ends, the oldest first
    items: Sequence[RowMapping]
    visits: Sequence[RowMapping]
    health: Mapping[str, Any] = field(default_factory=dict)
    schooling: Mapping[str, Any] = field(default_factory=dict)
    people: People | None = None
    allowances: Sequence[Allowance] = ()
    papers: Sequence[RowMapping] = ()
    readings: ReadingPage | None = None

    @property
    def grave_kinds(self) -> frozenset[str]:
        """Kinds of cases that mean danger for the child."""
        return PROTECTION_KINDS

    @property
    def tells_category(self) -> bool:
        """A department that answers one question about a child does not learn under what the child is kept."""
        return self.by_area >= Sight.MASKED or self.seen >= Sight.SENSITIVE


def child_page(
    session: Session,
    actor: Actor,
    child_id: str,
    *,
    part: str,
    purpose: str,
    after: str | None = None,
    now: datetime,
    stated: bool = True,
) -> ChildPage:
    """Open the file at a tab; an unknown tab, or one that this reader does not have, is the first that there is.
    `after` continues the list of readings.
    `stated`: the purpose is the reader's own, not the page's; the archive opens for no other (6.3).

    :raises NotFound: there is no such file for this actor.
    :raises PurposeNeeded: the archive's reader states none.
    :raises Refused: no purpose was given.
    """
    found = require_child(session, actor, child_id)
    parts = _parts(actor, found)
    chosen = Part(part) if part in parts else parts[0]
    note_opening(session, actor, found, part=chosen, purpose=purpose, now=now, stated=stated)
    cases = _cases(session, found)
    sensitive = found.seen >= Sight.SENSITIVE
    return ChildPage(
        row=found.row,
        seen=found.seen,
        by_area=found.by_area,
        parts=parts,
        part=chosen,
        alerts=alerts(session, found, cases, now),
        cases=cases,
        decisions=_decisions(session, found),
        items=_items(session, actor, found),
        visits=_visits(session, found),
        health=_one(session, child_health, found) if sensitive else {},
        schooling=_one(session, child_education, found) if found.by_area >= Sight.FILE else {},
        readings=readings_of_child(session, found, after=after) if chosen is Part.READINGS else None,
        **_of_part(session, actor, found, chosen, now),
    )


def _parts(actor: Actor, found: SeenChild) -> tuple[Part, ...]:
    """Who sees a child through one item sees no family; who owns the case reads no log of officials."""
    shown = {
        Part.FAMILY: found.by_area >= Sight.FILE or found.seen >= Sight.SENSITIVE,
        Part.MONEY: found.seen >= Sight.FILE,
        Part.CASES: True,
        Part.VISITS: found.by_area >= Sight.FILE,
        Part.PAPERS: found.seen >= Sight.SENSITIVE,
        Part.READINGS: may_read_of_child(actor, found),
    }
    return tuple(part for part, is_shown in shown.items() if is_shown)


def _of_part(session: Session, actor: Actor, found: SeenChild, part: Part, now: datetime) -> dict[str, Any]:
    if part is Part.FAMILY:
        return {"people": people_around(session, actor, found)}
    if part is Part.MONEY:
        return {"allowances": allowances(session, _items(session, actor, found), found, now=now)}
    return {"papers": _papers(session, found)} if part is Part.PAPERS else {}


def seen_at(found: SeenChild, at_least: Sight) -> list[str]:
    """The child's cases that the reader sees at least so well."""
    return [case_id for case_id, seen in found.cases.items() if seen >= at_least]


def _cases(session: Session, found: SeenChild) -> Sequence[RowMapping]:
    wanted = (
        select(
            case_file.c.id,
            case_file.c.kind,
            case_file.c.process_key,
            case_file.c.place,
            case_file.c.status,
            case_file.c.opened_at,
            case_file.c.closed_at,
            select(func.max(instance.c.id)).where(instance.c.case_id == case_file.c.id).scalar_subquery().label("way"),
        )
        .where(case_file.c.id.in_(seen_at(found, Sight.CODED)))
        .order_by(case_file.c.opened_at.desc(), case_file.c.id.desc())
    )
    return tuple(session.execute(wanted).mappings())


def _decisions(session: Session, found: SeenChild) -> Sequence[RowMapping]:
    wanted = select(
        decision.c.kind, decision.c.no, decision.c.categories, decision.c.decided_on, decision.c.effective_month
    ).where(decision.c.case_id.in_(seen_at(found, Sight.FILE)))
    return tuple(session.execute(wanted.order_by(decision.c.decided_on, decision.c.id)).mappings())


def _items(session: Session, actor: Actor, found: SeenChild) -> Sequence[RowMapping]:
    """Whoever sees the sensitive file sees all items of the case; a department its own."""
    own = {grant.department for grant in actor.grants if grant.department}
    wanted = select(benefit_item).where(
        or_(
            benefit_item.c.case_id.in_(seen_at(found, Sight.SENSITIVE)),
            benefit_item.c.case_id.in_(seen_at(found, Sight.FILE)) & benefit_item.c.department.in_(own),
        )
    )
    return tuple(session.execute(wanted.order_by(benefit_item.c.start_month, benefit_item.c.id)).mappings())


def _visits(session: Session, found: SeenChild) -> Sequence[RowMapping]:
    """Those that took place, the latest first."""
    wanted = select(visit).where(visit.c.case_id.in_(seen_at(found, Sight.FILE)), visit.c.at.is_not(None))
    return tuple(session.execute(wanted.order_by(visit.c.at.desc())).mappings())


def _papers(session: Session, found: SeenChild) -> Sequence[RowMapping]:
    wanted = select(material).where(material.c.case_id.in_(seen_at(found, Sight.SENSITIVE)))
    return tuple(session.execute(wanted.order_by(material.c.received_on.desc(), material.c.code)).mappings())


def _one(session: Session, table: Any, found: SeenChild) -> Mapping[str, Any]:
    row = session.execute(select(table).where(table.c.child_id == found.row["id"])).mappings().first()
    return dict(row) if row is not None else {}
