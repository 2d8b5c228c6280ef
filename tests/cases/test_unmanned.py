"""A step that nobody can do says so at once, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cases.absences import absence
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import enter_people, holder
from cases.people import deactivate
from cases.unmanned import Why, unmanned
from engine.store.user_task import user_task
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
TODAY = date(2025, 9, 24)


@pytest.fixture
def waiting(flow: Callable[..., Flow]) -> Flow:
    """A case at the review of the township's opinion, with the county's people."""
    case = flow(CHILD)
    with case.stage.database.transaction() as session:
        enter_people(session, password_hash="x", now=case.stage.clock.now())
    for deed in (Deed.CHECK, Deed.VISIT):
        case.do(deed)
    return case


def found(case: Flow, today: date = TODAY) -> dict[str, Why]:
    reader = holder("town_officer", CHILD.place).actor
    with case.stage.database.reading() as session:
        return dict(unmanned(session, case.stage.env, case.instance_id, actor=reader, today=today))


def test_a_step_with_people_is_not_named(waiting: Flow) -> None:
    assert found(waiting) == {}


def test_a_post_without_anybody(waiting: Flow) -> None:
    leader = holder("town_leader", CHILD.place).actor
    with waiting.stage.database.transaction() as session:
        deactivate(session, leader.id)
    assert found(waiting) == {waiting.open_task("b_ut_town_review"): Why.NO_HOLDER}


def test_everybody_is_absent_until_the_last_day(waiting: Flow) -> None:
    leader = holder("town_leader", CHILD.place).actor
    with waiting.stage.database.transaction() as session:
        session.execute(
            absence.insert().values(
                id="a", person_id=leader.id, substitute_id=holder("town_officer", CHILD.place).actor.id,
                first_day=TODAY, last_day=TODAY, note="", entered_by=leader.id, entered_at=waiting.stage.clock.now(),
            )
        )  # fmt: skip
    assert found(waiting) == {waiting.open_task("b_ut_town_review"): Why.ABSENT}
    assert found(waiting, date(2025, 9, 25)) == {}


def test_separation_of_duties_leaves_nobody(waiting: Flow) -> None:
    """The one leader also filled in the visit, which the reviewer may not have done."""
    leader = holder("town_leader", CHILD.place).actor
    with waiting.stage.database.transaction() as session:
        visit = user_task.c.element_id == "b_ut_visit"
        session.execute(user_task.update().where(visit).values(closed_by=leader.id))
    assert found(waiting) == {waiting.open_task("b_ut_town_review"): Why.SEPARATED}
