"""Everyone sees what he may do, most urgent first, page by page, and the indexes carry it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, Grant
from engine.queries.inbox import MOST_COUNTED, Narrowed, count_inbox, inbox, steps_waiting
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
    assert done.counts == {"todo": 0, "unclaimed": 0, "done": 3, "started": 3, "copied": 0}


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


def _plan_of_page(world: World, actor: Actor, narrowed: Narrowed | None = None) -> str:
    with world.database.transaction() as session:
        session.execute(sa.text("ANALYZE"))
    with world.database.count_round_trips() as traffic, world.database.reading() as session:
        caught: list[tuple[str, Any]] = []
        connection = session.connection
        sa.event.listen(
            connection, "before_cursor_execute", lambda _c, _k, text, values, *_r: caught.append((text, values))
        )
        inbox(session, actor, tab="unclaimed", narrowed=narrowed, limit=20, now=world.now)
        text, values = caught[0]
        explain = "EXPLAIN " if world.database.is_postgresql else "EXPLAIN QUERY PLAN "
        rows = connection.exec_driver_sql(explain + text, values).fetchall()
    assert traffic.commits == 0
    return "\n".join(str(row[-1]) for row in rows) + "\n"


def _relabel(world: World, change: Any) -> None:
    """Give each open task, by its number, other values."""
    with world.database.transaction() as session:
        for number in range(60):
            values = change(number)
            if values:
                session.execute(
                    sa.update(user_task.user_task).where(user_task.user_task.c.id == f"t{number:06}").values(**values)
                )


def _collect(world: World, actor: Actor, **asked: Any) -> tuple[list[str], int]:
    """All rows of a question, page by page, and how many pages said that they looked through a part only."""
    seen: list[str] = []
    partly, after = 0, None
    while True:
        with world.database.reading() as session:
            page = inbox(session, actor, after=after, limit=3, now=world.now, **asked)
        dues = [row.due_at or NO_DUE for row in page.rows]
        assert dues == sorted(dues)
        seen += [row.task_id or "" for row in page.rows]
        partly += page.partly
        if page.next is None:
            return seen, partly
        after = page.next


def test_process_and_step_are_sifted_and_nothing_is_lost_behind_the_bound(world, monkeypatch):
    fill(world, VILLAGES, roles=("clerk", "leader"))
    _relabel(world, lambda number: {"name": "rare"} if number % 20 == 7 else {"process_key": "other"})
    actor = person(("clerk", "510722"), ("leader", "510722101"), ("leader", "510722102"))
    mine = set(all_pages(world, actor))
    rare = {f"t{number:06}" for number in range(60) if number % 20 == 7} & mine
    assert rare
    for bound in (2_000, 4, 1):
        monkeypatch.setattr("engine.queries.inbox.MOST_SIFTED", bound)
        found, partly = _collect(world, actor, narrowed=Narrowed(name="rare"))
        assert (len(found), set(found)) == (len(rare), rare), bound
        assert (partly > 0) == (bound < 60), bound
        found, _ = _collect(world, actor, narrowed=Narrowed(process_key="other"))
        assert (len(found), set(found)) == (len(mine - rare), mine - rare), bound


def test_a_place_narrows_the_grant_itself(world):
    fill(world, VILLAGES)
    for grant in ("", "510722", "510722101", "510722101201"):
        found, partly = _collect(world, person(("clerk", grant)), narrowed=Narrowed(place="510722101201"))
        assert (len(set(found)), partly) == (15, 0), grant
    assert _collect(world, person(("clerk", "510722102")), narrowed=Narrowed(place="510722101201")) == ([], 0)


def test_a_narrower_place_is_read_from_the_index_of_its_size(world):
    towns = [f"510722{town:03}{village:03}" for town in range(101, 121) for village in range(201, 211)]
    fill(world, towns, count=4000)
    for place, index in [(towns[0], "ix_user_task_pool_place"), (towns[0][:9], "ix_user_task_pool_town")]:
        plan = _plan_of_page(world, person(("clerk", "")), narrowed=Narrowed(place=place))
        assert index in plan, plan


@pytest.mark.parametrize("word", ["wang42", "wang4", "ang42", "建国", "李建", "李 建国", "ljg"])
def test_words_are_found_by_their_beginning_and_inside(world, word):
    fill(world, VILLAGES)
    _relabel(
        world, lambda number: {"search_key": "李建国 李 建 国 李建 建国 lijianguo ljg wang42"} if number == 42 else None
    )
    expected = {"t000042"} if word != "wang4" else {f"t{n:06}" for n in (4, *range(40, 50))}
    found, _ = _collect(world, person(("clerk", "")), keyword=word)
    assert set(found) == expected
    assert _collect(world, person(("leader", "")), keyword=word) == ([], 0)


def test_signs_of_the_query_language_are_only_signs(world):
    fill(world, VILLAGES)
    for word in ("'", "\\", "a' & 'b", ":*", "%", "_", "!wang", "wang' | 'x"):
        assert _collect(world, person(("clerk", "")), keyword=word) == ([], 0), word


def test_a_frequent_word_is_sifted_in_order(world, monkeypatch):
    fill(world, VILLAGES)
    monkeypatch.setattr("engine.queries.inbox.MOST_HITS", 5)
    monkeypatch.setattr("engine.queries.inbox.MOST_SIFTED", 7)
    found, _ = _collect(world, person(("clerk", "")), keyword="wang")
    assert (len(found), len(set(found))) == (60, 60)
    found, partly = _collect(world, person(("clerk", "")), keyword="ang3")
    assert (len(found), len(set(found))) == (11, 11)
    assert partly > 0


def test_a_rare_word_is_read_from_its_index(world):
    if not world.database.is_postgresql:
        pytest.skip("SQLite has no index of words")
    fill(world, VILLAGES, count=4000)
    with world.database.transaction() as session:
        session.execute(sa.text("ANALYZE"))
        explained = session.connection.exec_driver_sql(
            "EXPLAIN SELECT id FROM user_task WHERE status = 'open' AND array_to_tsvector(array_remove("
            "string_to_array(lower(search_key), ' '), '')) @@ '''wang42'':*'::tsquery LIMIT 501"
        )
        plan = "\n".join(row[0] for row in explained)
    assert "ix_user_task_words" in plan, plan


def test_counting_a_filter_stops_and_says_so(world, monkeypatch):
    fill(world, VILLAGES, count=MOST_COUNTED + 50)
    actor = person(("clerk", ""))
    with world.database.reading() as session:
        whole = count_inbox(session, actor)
        few = count_inbox(session, actor, keyword="wang14")
        nothing = count_inbox(session, actor, narrowed=Narrowed(name="none"))
    assert (whole.count, few.count, nothing.count) == (MOST_COUNTED, 11, 0)
    assert not (whole.partly or few.partly or nothing.partly)
    monkeypatch.setattr("engine.queries.inbox.MOST_SIFTED", 10)
    with world.database.reading() as session:
        assert count_inbox(session, actor, narrowed=Narrowed(name="none")).partly


def test_the_steps_that_wait_are_told_with_their_process(world):
    fill(world, VILLAGES)
    with world.database.reading() as session:
        assert {key for key, _name in steps_waiting(session, person(("clerk", "")))} == {"p"}
        assert steps_waiting(session, person(("leader", ""))) == ()
