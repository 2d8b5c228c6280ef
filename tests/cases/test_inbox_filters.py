"""Filters with a name: whose they are, whom they are shared with, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cases import people
from cases.inbox_filters import (
    FIRST_COLUMNS,
    MOST_OF_ONE,
    choose_columns,
    columns_for,
    filter_for,
    filters_for,
    remove_filter,
    save_filter,
)
from engine.access import Actor, Grant
from engine.errors import NotAllowed, NotFound, SubmissionInvalid

NOW = datetime(2025, 9, 24, 2, 0, tzinfo=UTC)
COUNTY = Grant(role="town_officer", place="519927")
TOWN = Grant(role="town_officer", place="519927101")
OTHER_TOWN = Grant(role="town_officer", place="519927102")
OTHER_ROLE = Grant(role="town_leader", place="519927101")


@pytest.fixture
def of(database):
    """`of("li", TOWN)`: a person of that post."""

    def enter(name: str, *grants: Grant) -> Actor:
        with database.transaction() as session:
            people.add_person(
                session, person_id=name, user_name=name, name=name, password_hash="", grants=grants, now=NOW
            )
        return Actor(id=name, name=name, grants=grants)

    return enter


def keep(database, actor, name="逾期", asked=None, share=None):
    with database.transaction() as session:
        return save_filter(session, name, asked or {"due": "late"}, share_with=share, actor=actor, now=NOW)


def seen(database, actor):
    with database.reading() as session:
        return [(each.name, each.is_own) for each in filters_for(session, actor)]


def test_a_private_filter_is_seen_by_its_owner_alone(database, of):
    li, wang = of("li", TOWN), of("wang", TOWN)
    filter_id = keep(database, li)
    assert seen(database, li) == [("逾期", True)]
    assert seen(database, wang) == []
    with database.reading() as session, pytest.raises(NotFound):
        filter_for(session, filter_id, actor=wang)


def test_a_shared_filter_serves_the_post_and_what_stands_below_it(database, of):
    li = of("li", TOWN)
    head = of("head", COUNTY)
    keep(database, li, "镇", share=TOWN)
    keep(database, head, "县", share=COUNTY)
    assert seen(database, of("wang", TOWN)) == [("县", False), ("镇", False)]
    assert seen(database, of("zhou", OTHER_TOWN)) == [("县", False)]
    assert seen(database, of("chen", OTHER_ROLE)) == []
    assert seen(database, head) == [("县", True)]


def test_a_filter_is_shared_with_an_own_post_only(database, of):
    li = of("li", TOWN)
    for post in (OTHER_TOWN, OTHER_ROLE, COUNTY):
        with pytest.raises(NotAllowed):
            keep(database, li, share=post)
    assert seen(database, li) == []


def test_only_the_owner_takes_a_filter_away(database, of):
    li, wang = of("li", TOWN), of("wang", TOWN)
    filter_id = keep(database, li, share=TOWN)
    with database.transaction() as session, pytest.raises(NotFound):
        remove_filter(session, filter_id, actor=wang)
    with database.transaction() as session:
        remove_filter(session, filter_id, actor=li)
    assert seen(database, li) == seen(database, wang) == []


def test_the_same_name_asks_something_new(database, of):
    li = of("li", TOWN)
    keep(database, li, asked={"due": "late", "nonsense": "x"})
    filter_id = keep(database, li, asked={"due": "today", "q": " 张 "})
    assert seen(database, li) == [("逾期", True)]
    with database.reading() as session:
        assert filter_for(session, filter_id, actor=li).asked == {"q": "张", "due": "today"}


@pytest.mark.parametrize(
    ("name", "asked"),
    [("", {"due": "late"}), ("  ", {"due": "late"}), ("长" * 21, {"due": "late"}), ("空", {"tab": "done"})],
)
def test_what_is_no_filter_is_refused_by_its_field(database, of, name, asked):
    with pytest.raises(SubmissionInvalid) as refused:
        keep(database, of("li", TOWN), name, asked)
    assert [problem.field for problem in refused.value.problems] == ["name"]


def test_there_is_an_end_to_filters(database, of):
    li = of("li", TOWN)
    for number in range(MOST_OF_ONE):
        keep(database, li, f"第{number}个")
    with pytest.raises(SubmissionInvalid):
        keep(database, li, "又一个")
    keep(database, li, "第3个", {"due": "soon"})


def test_columns_are_each_persons_own(database, of):
    li, wang = of("li", TOWN), of("wang", TOWN)
    with database.transaction() as session:
        choose_columns(session, ["state", "role", "password_hash"], actor=li)
        choose_columns(session, ["state", "role", "child"], actor=li)
    with database.reading() as session:
        assert columns_for(session, li) == ("child", "role", "state")
        assert columns_for(session, wang) == FIRST_COLUMNS
    with database.transaction() as session:
        choose_columns(session, [], actor=li)
    with database.reading() as session:
        assert columns_for(session, li) == ()
