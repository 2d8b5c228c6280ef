"""The list 台账名册: the ledger of a place as it is read, masked, on paper with a mark on every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases.export_rules import ASKERS, MOST_CHILDREN, Measured, holds
from cases.ledger import Ledger, Scope, ledger
from engine.access import Actor
from engine.calendar import county_day
from engine.errors import NotAllowed, Refused
from engine.store.session import Session


def scope_of(given: str) -> Scope:
    """The scope that was asked for; none is the children under protection.

    :raises Refused: there is no such scope.
    """
    try:
        return Scope(given) if given else Scope.COVERED
    except ValueError as error:
        raise Refused("请选择台账范围:在保、已退出、全部") from error


def measure(session: Session, actor: Actor, narrowed: Mapping[str, str]) -> Measured:
    """How far the list reaches.

    :raises NotAllowed: the person does not keep this ledger.
    :raises NotFound: there is no such place in the person's area.
    :raises Refused: there is no such scope.
    """
    found = _ledger(session, actor, narrowed, rows=1)
    if not may_ask(actor, found):
        raise NotAllowed("您的岗位不能导出台账")
    return Measured(place=found.place, sealed=found.sealed, children=found.people)


def list_of(session: Session, row: Mapping[str, Any], actor: Actor, now: datetime) -> tuple[Ledger, str]:
    """The ledger of an approved request, as the files stand now, and the mark on its pages."""
    mark = f"{actor.name} {county_day(now).isoformat()} {row['id'][-6:]}"
    return _ledger(session, actor, row["narrowed"], rows=MOST_CHILDREN), mark


def _ledger(session: Session, actor: Actor, narrowed: Mapping[str, str], *, rows: int) -> Ledger:
    return ledger(session, actor, narrowed.get("place", ""), scope_of(narrowed.get("scope", "")), rows=rows)


def may_ask(actor: Actor, found: Ledger) -> bool:
    """Whether the person keeps the ledger of this place and may ask for its list."""
    return holds(actor, ASKERS[found.sealed], found.place)
