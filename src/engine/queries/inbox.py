"""A person's inbox: served by the partial indexes of `user_task`, without a join, at any number of open tasks.

A grant selects a contiguous, ordered part of one index (role; role and township; role and village), so a page reads as
many index entries as it shows, per grant. Counts stop at `MOST_COUNTED`: a screen says 99+.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from engine.access import Actor, Grant
from engine.store.base import constant
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import IN_POOL, IS_HELD, TOWN, TaskStatus, user_task

Tab = Literal["todo", "unclaimed", "done", "started"]

MOST_COUNTED = 100
LARGEST_PAGE = 200
TOWN_DIGITS, VILLAGE_DIGITS = 9, 12

_TASK = (
    user_task.c.id,
    user_task.c.instance_id,
    user_task.c.process_key,
    user_task.c.element_id,
    user_task.c.name,
    user_task.c.subject,
    user_task.c.place,
    user_task.c.department,
    user_task.c.role,
    user_task.c.assignee,
    user_task.c.assignee_name,
    user_task.c.status,
    user_task.c.opened_at,
    user_task.c.due_at,
    user_task.c.due_order,
    user_task.c.closed_at,
    user_task.c.case_id,
    user_task.c.instance_key,
)


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """One line of an inbox: a task, or (tab `started`) an instance without a task."""

    task_id: str | None
    instance_id: str
    process_key: str
    element_id: str | None
    name: str
    subject: str
    place: str
    department: str | None
    role: str | None
    assignee: str | None
    assignee_name: str | None
    status: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    case_id: str | None
    instance_key: str | None
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """One page, where the next one begins (None: it was the last), and how much the other tabs hold."""

    rows: tuple[InboxRow, ...]
    next: str | None
    counts: Mapping[str, int]  #: per tab, at most `MOST_COUNTED`


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What a page of the inbox is narrowed to; empty fields narrow nothing."""

    name: str = ""  #: of the step, whole
    place: str = ""  #: division code; it covers its subtree
    due_from: datetime | None = None
    due_before: datetime | None = None


def inbox(
    session: Session,
    actor: Actor,
    *,
    tab: Tab = "todo",
    keyword: str = "",
    narrowed: Narrowed | None = None,
    limit: int = 50,
    after: str | None = None,
    now: datetime,
) -> InboxPage:
    """One page of a person's inbox, of what fits `keyword` and `narrowed`.

    `todo`: what he may do now, his own and what nobody holds; `unclaimed`: only the latter; both the most urgent
    first. `done`: tasks he completed; `started`: instances he started; both the latest first. `after` is the `next` of
    the page before.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    parts = [_narrow(part, tab, narrowed or Narrowed()) for part in _parts(actor, tab)]
    found = _page(session, parts, tab, keyword.strip().lower(), limit, after)
    rows = tuple(_row(each, now) for each in found[:limit])
    more = _cursor(found[limit - 1]) if len(found) > limit else None
    return InboxPage(rows=rows, next=more, counts=_counts(session, actor))


def _parts(actor: Actor, tab: Tab) -> list[sa.Select[Any]]:
    if tab == "done":
        return [
            sa.select(*_TASK, user_task.c.closed_at.label("page_at")).where(
                user_task.c.status == constant(TaskStatus.DONE), user_task.c.closed_by == actor.id
            )
        ]
    if tab == "started":
        return [_started(actor)]
    pool = [
        sa.select(*_TASK, user_task.c.due_order.label("page_at")).where(IN_POOL, *_within(grant))
        for grant in _widest(actor.grants)
    ]
    if tab == "unclaimed":
        return pool
    mine = sa.select(*_TASK, user_task.c.due_order.label("page_at")).where(IS_HELD, user_task.c.assignee == actor.id)
    return [mine, *_of_the_absent(actor), *pool]


def _of_the_absent(actor: Actor) -> list[sa.Select[Any]]:
    """Tasks of the actor's posts that an absent colleague holds, for whom the actor stands in."""
    return [
        sa.select(*_TASK, user_task.c.due_order.label("page_at")).where(
            IS_HELD, user_task.c.assignee == absent, *_within(grant)
        )
        for absent in sorted(actor.stands_in_for)
        for grant in _widest(actor.grants)
    ]


def _narrow(part: sa.Select[Any], tab: Tab, narrowed: Narrowed) -> sa.Select[Any]:
    if narrowed.place:
        place = instance.c.place if tab == "started" else user_task.c.place
        part = part.where(place.startswith(narrowed.place, autoescape=True))
    if tab == "started":
        return part
    if narrowed.name:
        part = part.where(user_task.c.name == narrowed.name)
    if narrowed.due_from is not None:
        part = part.where(user_task.c.due_order >= narrowed.due_from)
    if narrowed.due_before is not None:
        part = part.where(user_task.c.due_order < narrowed.due_before)
    return part


def steps_waiting(session: Session, actor: Actor) -> tuple[str, ...]:
    """The names of the steps that wait for this person, by name: what the inbox can be narrowed to."""
    names: set[str] = set()
    for part in _parts(actor, "todo"):
        bounded = part.with_only_columns(user_task.c.name, user_task.c.due_order).limit(LARGEST_PAGE).subquery()
        names |= set(session.execute(sa.select(bounded.c.name).distinct()).scalars())
    return tuple(sorted(names))


def _started(actor: Actor) -> sa.Select[Any]:
    nothing = sa.null()
    return sa.select(
        instance.c.id,
        instance.c.id.label("instance_id"),
        instance.c.process_key,
        nothing.label("element_id"),
        instance.c.process_key.label("name"),
        instance.c.subject,
        instance.c.place,
        *(nothing.label(name) for name in ("department", "role", "assignee", "assignee_name")),
        instance.c.status,
        instance.c.started_at.label("opened_at"),
        nothing.label("due_at"),
        instance.c.started_at.label("due_order"),
        instance.c.ended_at.label("closed_at"),
        instance.c.case_id,
        nothing.label("instance_key"),
        instance.c.started_at.label("page_at"),
    ).where(instance.c.started_by == actor.id)


def _widest(grants: Sequence[Grant]) -> list[Grant]:
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


def _within(grant: Grant) -> list[sa.ColumnElement[bool]]:
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


def _page(
    session: Session, parts: list[sa.Select[Any]], tab: Tab, keyword: str, limit: int, after: str | None
) -> list[Any]:
    """`limit` + 1 rows in the order of the page, each task once."""
    if not parts:
        return []
    latest_first = tab in ("done", "started")
    prepared = [_ordered(part, tab, keyword, after, latest_first).limit(limit + 1).subquery() for part in parts]
    if len(prepared) == 1:
        whole: Any = sa.select(prepared[0])
    else:
        whole = sa.union_all(*(sa.select(part) for part in prepared)).subquery()
        whole = sa.select(whole)
    columns = whole.selected_columns
    order = [columns.page_at, columns.id]
    whole = whole.order_by(*(each.desc() if latest_first else each for each in order)).limit((limit + 1) * len(parts))
    once = {row.id: row for row in session.execute(whole)}
    return list(once.values())[: limit + 1]


def _ordered(part: sa.Select[Any], tab: Tab, keyword: str, after: str | None, latest_first: bool) -> sa.Select[Any]:
    table = instance if tab == "started" else user_task
    at = {"done": user_task.c.closed_at, "started": instance.c.started_at}.get(tab, user_task.c.due_order)
    if keyword:
        part = part.where(sa.func.lower(table.c.search_key).contains(keyword, autoescape=True))
    if after is not None:
        moment, _, identifier = after.partition("|")
        bound = sa.tuple_(sa.literal(datetime.fromisoformat(moment), at.type), sa.literal(identifier))
        here = sa.tuple_(at, table.c.id)
        part = part.where(here < bound if latest_first else here > bound)
    if latest_first:
        return part.order_by(at.desc(), table.c.id.desc())
    return part.order_by(at, table.c.id)


def _cursor(row: Any) -> str:
    return f"{row.page_at.isoformat()}|{row.id}"


def _row(row: Any, now: datetime) -> InboxRow:
    is_task = row.element_id is not None
    return InboxRow(
        task_id=row.id if is_task else None,
        instance_id=row.instance_id,
        process_key=row.process_key,
        element_id=row.element_id,
        name=row.name,
        subject=row.subject,
        place=row.place,
        department=row.department,
        role=row.role,
        assignee=row.assignee,
        assignee_name=row.assignee_name,
        status=row.status,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        case_id=row.case_id,
        instance_key=row.instance_key,
        overdue=row.status == TaskStatus.OPEN and row.due_at is not None and row.due_at < now,
    )


def _counts(session: Session, actor: Actor) -> dict[str, int]:
    tabs: tuple[Tab, ...] = ("todo", "unclaimed", "done", "started")
    return dict(zip(tabs, session.execute(_counting(actor, tabs)).one(), strict=True))


def _counting(actor: Actor, tabs: Sequence[Tab]) -> sa.Select[Any]:
    """One statement that counts every tab, each no further than `MOST_COUNTED`."""
    counted: list[Any] = []
    for tab in tabs:
        ids = [
            sa.select(part.with_only_columns(part.selected_columns.id).limit(MOST_COUNTED).subquery())
            for part in _parts(actor, tab)
        ]
        if not ids:
            counted.append(sa.literal(0).label(tab))
            continue
        distinct = sa.union(*ids).subquery() if len(ids) > 1 else ids[0].subquery()
        bounded = sa.select(distinct).limit(MOST_COUNTED).subquery()
        counted.append(sa.select(sa.func.count()).select_from(bounded).scalar_subquery().label(tab))
    return sa.select(*counted)
