"""A person's inbox: served by the partial indexes of `user_task`, without a join, at any number of open tasks.

A grant selects a contiguous, ordered part of one index (role; role and township; role and village), so a page reads as
many index entries as it shows, per grant; a place narrows the grants themselves. What no index knows (step, process, a
frequent word) is sifted out of the next `MOST_SIFTED` tasks of each grant: the page says so, and its `next` goes on
behind them. A rare word is found by its own index. Counts stop at `MOST_COUNTED`: a screen says 99+.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from engine.access import Actor
from engine.store.base import constant
from engine.store.grants import inside, widest, within
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.task_copy import task_copy
from engine.store.user_task import IN_POOL, IS_HELD, TaskStatus, found_by_words, user_task

Tab = Literal["todo", "unclaimed", "done", "started", "copied"]

MOST_COUNTED = 100
LARGEST_PAGE = 200
MOST_SIFTED = 2_000  #: tasks of one grant that one page looks through
MOST_HITS = 500  #: a word that finds more is frequent

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
    partly: bool  #: not everything was looked through yet: `next` goes on behind what was
    counts: Mapping[str, int]  #: per tab, at most `MOST_COUNTED`


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What a page of the inbox is narrowed to; empty fields narrow nothing."""

    name: str = ""  #: of the step, whole
    process_key: str = ""
    place: str = ""  #: division code; it covers its subtree
    cases: sa.Select[Any] | None = None  #: the ids of the cases, as the domain finds them
    tasks: tuple[str, ...] | None = None  #: the ids of the tasks, few
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
    asked = _Asked.of(session, tab, keyword, narrowed or Narrowed(), after)
    kept, horizon = _page(session, _parts(actor, tab, asked.narrowed.place), asked, limit)
    more = None
    if len(kept) > limit:
        more = _cursor(kept[limit - 1].page_at, kept[limit - 1].id)
    elif horizon is not None:
        more = _cursor(*horizon)
    return InboxPage(
        rows=tuple(_row(each, now) for each in kept[:limit]),
        next=more,
        partly=len(kept) <= limit and horizon is not None,
        counts=_counts(session, actor),
    )


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many tasks fit a filter."""

    count: int  #: at most `MOST_COUNTED`
    partly: bool  #: among those that were looked through; there may be more


def count_inbox(
    session: Session, actor: Actor, *, tab: Tab = "todo", keyword: str = "", narrowed: Narrowed | None = None
) -> Counted:
    """How many rows `inbox` would show for the same question, as far as one page would look."""
    asked = _Asked.of(session, tab, keyword, narrowed or Narrowed(), None)
    kept, horizon = _page(session, _parts(actor, tab, asked.narrowed.place), asked, MOST_COUNTED - 1)
    return Counted(count=len(kept), partly=len(kept) < MOST_COUNTED and horizon is not None)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a page is asked for, beside whose it is."""

    tab: Tab
    narrowed: Narrowed
    words: tuple[str, ...]
    hits: tuple[str, ...] | None  #: the ids of all open tasks with a rare word; None: the words are sifted
    after: str | None

    @staticmethod
    def of(session: Session, tab: Tab, keyword: str, narrowed: Narrowed, after: str | None) -> _Asked:
        words = tuple(keyword.lower().split())
        hits = found_by_words(session, words, most=MOST_HITS) if words and tab in ("todo", "unclaimed") else None
        return _Asked(tab=tab, narrowed=narrowed, words=words, hits=hits, after=after)

    @property
    def latest_first(self) -> bool:
        return self.tab in ("done", "started", "copied")

    @property
    def table(self) -> sa.Table:
        return instance if self.tab == "started" else user_task

    @property
    def sifts(self) -> bool:
        """Whether rows are looked at one by one."""
        by_row = self.narrowed.name or self.narrowed.process_key or self.narrowed.cases is not None
        return bool(by_row or (self.words and self.hits is None))


def _parts(actor: Actor, tab: Tab, place: str = "") -> list[sa.Select[Any]]:
    """What the actor's inbox is made of, each part in one index: within `place`, as far as an index knows it."""
    if tab == "done":
        return [
            sa.select(*_TASK, user_task.c.search_key, user_task.c.closed_at.label("page_at")).where(
                user_task.c.status == constant(TaskStatus.DONE), user_task.c.closed_by == actor.id
            )
        ]
    if tab == "started":
        return [_started(actor)]
    if tab == "copied":
        copied = sa.select(*_TASK, user_task.c.search_key, task_copy.c.at.label("page_at"))
        copied = copied.select_from(user_task.join(task_copy, task_copy.c.task_id == user_task.c.id))
        return [copied.where(task_copy.c.recipient == actor.id)]
    open_task = sa.select(*_TASK, user_task.c.search_key, user_task.c.due_order.label("page_at"))
    pool = [open_task.where(IN_POOL, *within(grant)) for grant in widest(inside(actor.grants, place))]
    if tab == "unclaimed":
        return pool
    mine = open_task.where(IS_HELD, user_task.c.assignee == actor.id)
    # Tasks of the actor's posts that an absent colleague holds, for whom the actor stands in.
    absent = [
        open_task.where(IS_HELD, user_task.c.assignee == one, *within(grant))
        for one in sorted(actor.stands_in_for)
        for grant in widest(inside(actor.grants, place))
    ]
    return [mine, *absent, *pool]


def _bounded(part: sa.Select[Any], asked: _Asked) -> sa.Select[Any]:
    """The part in the order of the page, narrowed to what its index or its key answers."""
    narrowed, table = asked.narrowed, asked.table
    if narrowed.place:
        part = part.where(table.c.place.startswith(narrowed.place, autoescape=True))
    if asked.tab != "started" and narrowed.due_from is not None:
        part = part.where(user_task.c.due_order >= narrowed.due_from)
    if asked.tab != "started" and narrowed.due_before is not None:
        part = part.where(user_task.c.due_order < narrowed.due_before)
    if asked.tab != "started" and narrowed.tasks is not None:
        part = part.where(user_task.c.id.in_(narrowed.tasks))
    if asked.hits is not None:
        part = part.where(user_task.c.id.in_(asked.hits))
    return _ordered(part, asked)


def _sifted(rows: Any, asked: _Asked) -> list[sa.ColumnElement[bool]]:
    """What is asked of each row by itself."""
    wanted: list[sa.ColumnElement[bool]] = []
    if asked.narrowed.process_key:
        wanted.append(rows.c.process_key == asked.narrowed.process_key)
    if asked.narrowed.cases is not None:
        wanted.append(rows.c.case_id.in_(asked.narrowed.cases))
    if asked.narrowed.name and asked.tab != "started":
        wanted.append(rows.c.name == asked.narrowed.name)
    wanted += [sa.func.lower(rows.c.search_key).contains(word, autoescape=True) for word in asked.words]
    return wanted


def steps_waiting(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The processes (keys) and names of the steps that wait for this person: what the inbox can be narrowed to."""
    found: set[tuple[str, str]] = set()
    for part in _parts(actor, "todo"):
        columns = (user_task.c.process_key, user_task.c.name, user_task.c.due_order)
        bounded = part.with_only_columns(*columns).limit(LARGEST_PAGE).subquery()
        rows = session.execute(sa.select(bounded.c.process_key, bounded.c.name).distinct())
        found |= {(row.process_key, row.name) for row in rows}
    return tuple(sorted(found))


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
        instance.c.search_key,
        instance.c.started_at.label("page_at"),
    ).where(instance.c.started_by == actor.id)


def _page(
    session: Session, parts: list[sa.Select[Any]], asked: _Asked, limit: int
) -> tuple[list[Any], tuple[datetime, str] | None]:
    """At most `limit` + 1 rows in the order of the page, each task once; and how far every part was looked through,
    where one of them goes on behind that."""
    if not parts:
        return [], None
    prepared = [_bounded(part, asked) for part in parts]
    if asked.sifts:
        looked = [part.limit(MOST_SIFTED).subquery() for part in prepared]
        prepared = [_in_order(sa.select(each).where(*_sifted(each, asked)), each, asked) for each in looked]
    shown = [part.limit(limit + 1).subquery() for part in prepared]
    whole: Any = shown[0]
    if len(shown) > 1:
        whole = sa.union_all(*(sa.select(part) for part in shown)).subquery()
    rows = _in_order(sa.select(whole), whole, asked).limit((limit + 1) * len(shown))
    found = list({row.id: row for row in session.execute(rows)}.values())[: limit + 1]
    horizon = _horizon(session, parts, asked) if asked.sifts else None
    if horizon is not None:
        found = [row for row in found if _is_before(row, horizon, asked)]
    return found, horizon


def _horizon(session: Session, parts: list[sa.Select[Any]], asked: _Asked) -> tuple[datetime, str] | None:
    """The last row that was looked at in the part that was left earliest; None where all were looked through."""
    at = _page_at(asked)
    ends: list[tuple[datetime, str]] = []
    for part in parts:
        keys = _bounded(part, asked).with_only_columns(at.label("page_at"), asked.table.c.id)
        last = session.execute(keys.offset(MOST_SIFTED - 1).limit(1)).one_or_none()
        if last is not None:
            ends.append((last.page_at, last.id))
    if not ends:
        return None
    return max(ends) if asked.latest_first else min(ends)


def _is_before(row: Any, horizon: tuple[datetime, str], asked: _Asked) -> bool:
    here = (row.page_at, row.id)
    return here >= horizon if asked.latest_first else here <= horizon


def _page_at(asked: _Asked) -> Any:
    """By what the page is ordered."""
    moments = {"done": user_task.c.closed_at, "started": instance.c.started_at, "copied": task_copy.c.at}
    return moments.get(asked.tab, user_task.c.due_order)


def _ordered(part: sa.Select[Any], asked: _Asked) -> sa.Select[Any]:
    at, table = _page_at(asked), asked.table
    if asked.after is not None:
        moment, _, identifier = asked.after.partition("|")
        bound = sa.tuple_(sa.literal(datetime.fromisoformat(moment), at.type), sa.literal(identifier))
        here = sa.tuple_(at, table.c.id)
        part = part.where(here < bound if asked.latest_first else here > bound)
    if asked.latest_first:
        return part.order_by(at.desc(), table.c.id.desc())
    return part.order_by(at, table.c.id)


def _in_order(statement: sa.Select[Any], rows: Any, asked: _Asked) -> sa.Select[Any]:
    keys = (rows.c.page_at, rows.c.id)
    return statement.order_by(*(each.desc() if asked.latest_first else each for each in keys))


def _cursor(moment: datetime, identifier: str) -> str:
    return f"{moment.isoformat()}|{identifier}"


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
    tabs: tuple[Tab, ...] = ("todo", "unclaimed", "done", "started", "copied")
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
