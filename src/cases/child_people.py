"""The people around a child: guardians, parents, brothers and sisters, the household (domain.md 5).

What became of a parent, and what a household earns, is sensitive (6.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, or_, select

from cases.children import child, guardian, parents
from cases.households import household_member, household_of
from cases.roles import Sight
from cases.seen_children import SeenChild, children_seen
from engine.access import Actor
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class People:
    """Who stands around the child; what the reader may not see is empty."""

    household: Mapping[str, Any] | None
    guardians: Sequence[RowMapping]  #: the present one first
    parents: Mapping[str, Mapping[str, Any]]  #: by 父 and 母
    siblings: Sequence[RowMapping]  #: children of the same household whose own files the reader may open
    tells_custody: bool  #: what became of the parents, and the household's means


def people_around(session: Session, actor: Actor, found: SeenChild) -> People:
    """The child's people, for a reader who has opened the file. A brother's or sister's file that the reader may not
    open, a sealed one above all, is not there."""
    child_id = found.row["id"]
    custody = found.seen >= Sight.SENSITIVE
    home = household_of(session, child_id)
    return People(
        household=_home(home, tells_means=custody),
        guardians=_guardians(session, child_id),
        parents={which: dict(row) for which, row in parents(session, child_id).items()} if custody else {},
        siblings=_siblings(session, actor, child_id, home["id"]) if home is not None else (),
        tells_custody=custody,
    )


def _home(row: RowMapping | None, *, tells_means: bool) -> Mapping[str, Any] | None:
    if row is None:
        return None
    shown = dict(row)
    return shown if tells_means else {name: shown[name] for name in ("id", "address", "size")}


def _guardians(session: Session, child_id: str) -> Sequence[RowMapping]:
    rows = session.execute(
        select(guardian)
        .where(guardian.c.child_id == child_id)
        .order_by(guardian.c.is_current.desc(), guardian.c.id.desc())
    )
    return tuple(rows.mappings())


def _siblings(session: Session, actor: Actor, child_id: str, household_id: str) -> Sequence[RowMapping]:
    rows = session.execute(
        select(child.c.id, child.c.name, child.c.birth, child.c.sex, child.c.status)
        .join(household_member, household_member.c.child_id == child.c.id)
        .where(
            household_member.c.household_id == household_id,
            child.c.id != child_id,
            child.c.sealed_hiv.is_(False),
            or_(*children_seen(actor)),
        )
        .order_by(child.c.birth)
    )
    return tuple(rows.mappings())
