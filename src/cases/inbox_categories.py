"""The inbox by the child's category 类别: for whoever reads the category of an area's children, and of those alone.

A sealed file has no category on any list (domain.md 6.1).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, or_, select

from cases.case_files import case_file
from cases.children import child
from cases.roles import AREA_SIGHT, Sight
from cases.seen_children import within
from engine.access import Actor


def may_ask_category(actor: Actor) -> bool:
    """Whether the actor reads categories by the area."""
    return bool(_places(actor))


def _places(actor: Actor) -> list[str]:
    return [grant.place for grant in actor.grants if AREA_SIGHT.get(grant.role, Sight.NONE) >= Sight.SENSITIVE]


def cases_of_category(actor: Actor, category: str) -> Select[Any]:
    """The ids of the cases of children whom the actor reads to be of this category; none for whoever reads none: a
    question of a colleague's does not tell by its answer what its reader may not know."""
    area = or_(false(), *(within(place) for place in _places(actor)))
    return (
        select(case_file.c.id)
        .join(child, child.c.id == case_file.c.child_id)
        .where(child.c.primary_category == category, child.c.sealed_hiv.is_(False), area)
    )
