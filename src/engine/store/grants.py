"""Which open tasks a grant opens, as conditions that an index of `user_task` answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from engine.access import Grant
from engine.store.user_task import TOWN, user_task

TOWN_DIGITS, VILLAGE_DIGITS = 9, 12


def inside(grants: Sequence[Grant], place: str) -> list[Grant]:
    """The grants, each no wider than the place."""
    narrower = [replace(grant, place=place) for grant in grants if place.startswith(grant.place)]
    return narrower + [grant for grant in grants if grant.place != place and grant.place.startswith(place)]


def widest(grants: Sequence[Grant]) -> list[Grant]:
    """The grants without those that another one of the same role contains."""
    kept: list[Grant] = []
    for grant in sorted(grants, key=lambda each: (each.role, len(each.place), each.department or "")):
        if not any(
            each.role == grant.role
            and grant.place.startswith(each.place)
            and each.department in (None, grant.department)
            for each in kept
        ):
            kept.append(grant)
    return kept


def within(grant: Grant) -> list[sa.ColumnElement[bool]]:
    """What a task must be for the grant to open it."""
    conditions: list[sa.ColumnElement[bool]] = [user_task.c.role == grant.role]
    if len(grant.place) == VILLAGE_DIGITS:
        conditions.append(user_task.c.place == grant.place)
    elif len(grant.place) == TOWN_DIGITS:
        conditions.append(TOWN.__eq__(grant.place))
    elif grant.place:
        conditions.append(user_task.c.place.startswith(grant.place, autoescape=True))
    if grant.department is not None:
        conditions.append(sa.or_(user_task.c.department.is_(None), user_task.c.department == grant.department))
    return conditions
