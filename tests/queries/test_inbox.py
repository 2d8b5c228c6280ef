"""Everyone sees what he may do, most urgent first, page by page, and the indexes carry it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, Grant
from engine.queries.inbox import MOST_COUNTED, inbox
from engine.store import user_task
from engine.store.base import NO_DUE
from tests.diagrams import Diagram
from tests.factories import World


def person(*grants: tuple[str, str], id: str = "p") -> Actor:
    return Actor(id=id, name=id, grants=tuple(Grant(role=role, place=place) for role, place in grants))


def fill(world: World, places: Sequence[str], roles: Sequence[str] = ("clerk",), count: int = 60) -> None:
    """Open tasks at these places, due in a random order, some without a due date."""
    world.publish(Diagram().start().user("a").end().flow("start", "a", "end"), "a")
    started = world.start()
    chance = random.Random(7)
    with world.database.transaction() as session:
        pattern = dict(session.execute(sa.select(user_task.user_task)).one()._asdict())
        rows: list[dict[str, Any]] = []
        for number in range(count):
            due = None if number % 10 == 0 else world.now + timedelta(minutes=chance.randrange(100_000))
            rows.append(
                pattern
                | {
                    "id": f"t{number:06}",
                    "place": places[number % len(places)],
                    "role": roles[number % len(roles)],
                    "due_at": due,
                    "due_order": due or NO_DUE,
                    "search_key": f"wang{number}",
                }
            )
        session.write(user_task.INSERT, rows)
        session.execute(sa.delete(user_task.user_task).where(user_task.user_task.c.id == started.opened_task_ids[0]))


def all_pages(world: World, actor: Actor, tab: Any = "todo", limit: int = 7) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        with world.database.reading() as session:
            page = inbox(session, actor, tab=tab, limit=limit, after=after, now=world.now)
        dues = [row.due_at or NO_DUE for row in page.rows]
        assert dues == sorted(dues)
        seen += [row.task_id or "" for row in page.rows]
        if page.next is None:
            return seen
        after = page.next


VILLAGES = ["510722101201", "510722101202", "510722102201", "510722101"]


def test_a_grant_shows_its_subtree_and_nothing_else(world: World) -> None:
    fill(world, VILLAGES)
    for place, expected in [("", 60), ("510722", 60), ("510722101", 45), ("510722101201", 15), ("510723", 0)]:
        seen = all_pages(world, person(("clerk", place)))
        assert len(seen) == len(set(seen)) == expected, place
    assert all_pages(world, person(("leader", ""))) == []
    assert all_pages(world, person()) == []


def test_overlapping_grants_show_a_task_once(world: World) -> None:
    fill(world, VILLAGES, roles=("clerk", "leader", "clerk"))
    actor = person(("clerk", "510722101"), ("clerk", "510722101201"), ("leader", "510722"))
    seen = all_pages(world, actor)
    assert len(seen) == len(set(seen))
    with world.database.reading() as session:
        page = inbox(session, actor, now=world.now)
    assert page.counts["todo"] == len(seen)


def test_what_i_hold_is_mine_alone(world: World) -> None:
    fill(world, VILLAGES)
    me, other = person(("clerk", "510722"), id="me"), person(("clerk", "510722"), id="other")
    with world.database.transaction() as session:
        session.write(user_task.ASSIGN, {"task_id": "t000003", "new_assignee": "me", "new_assignee_name": "me"})
    assert "t000003" in all_pages(world, me)
    assert "t000003" not in all_pages(world, me, tab="unclaimed")
    assert "t000003" not in all_pages(world, other)


def test_done_and_started(world: World) -> None:
    world.publish(Diagram().start().user("a").end().flow("start", "a", "end"), "a")
    for number in range(3):
        (task_id,) = world.start(idempotency_key=f"s{number}").opened_task_ids
        world.complete(task_id)
    clerk = person(("clerk", "510722"), id="li")
    with world.database.reading() as session:
        done = inbox(session, clerk, tab="done", limit=2, now=world.now)
        rest = inbox(session, clerk, tab="done", limit=2, after=done.next, now=world.now)
        started = inbox(session, clerk, tab="started", now=world.now)
    assert (len(done.rows), len(rest.rows), rest.next) == (2, 1, None)
    assert [row.status for row in started.rows] == ["completed"] * 3
    assert done.counts == {"todo": 0, "unclaimed": 0, "done": 3, "started": 3}


def test_keyword_and_bounded_counts(world: World) -> None:
    fill(world, VILLAGES, count=MOST_COUNTED + 50)
    with world.database.reading() as session:
        page = inbox(session, person(("clerk", "")), keyword="Wang42", now=world.now)
    assert [row.task_id for row in page.rows] == ["t000042"]
    assert page.counts["todo"] == MOST_COUNTED


@pytest.mark.parametrize(
    ("place", "index"),
    [
        ("", "ix_user_task_pool_role"),
        ("510722101", "ix_user_task_pool_town"),
        ("510722101201", "ix_user_task_pool_place"),
    ],
)
def test_the_page_is_read_from_its_index_in_order(world: World, place: str, index: str) -> None:
    """The plan names the index that is made for this size of grant, and sorts no table."""
    towns = [f"510722{town:03}{village:03}" for town in range(101, 121) for village in range(201, 211)]
    fill(world, towns, count=4000)
    plan = _plan_of_page(world, person(("clerk", place)))
    assert index in plan, plan
    assert "Seq Scan" not in plan and "SCAN user_task\n" not in plan, plan


def _plan_of_page(world: World, actor: Actor) -> str:
    with world.database.transaction() as session:
        session.execute(sa.text("ANALYZE"))
    with world.database.count_round_trips() as traffic, world.database.reading() as session:
        caught: list[tuple[str, Any]] = []
        connection = session.connection
        sa.event.listen(
            connection, "before_cursor_execute", lambda _c, _k, text, values, *_r: caught.append((text, values))
        )
        inbox(session, actor, tab="unclaimed", limit=20, now=world.now)
        text, values = caught[0]
        explain = "EXPLAIN " if world.database.is_postgresql else "EXPLAIN QUERY PLAN "
        rows = connection.exec_driver_sql(explain + text, values).fetchall()
    assert traffic.commits == 0
    return "\n".join(str(row[-1]) for row in rows) + "\n"
