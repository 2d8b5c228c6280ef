"""The sealed track (AC-04, M2): who may enter it, and what nobody else learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from cases import child_search
from cases.case_files import case_file
from cases.children import child
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.field_checks import fields_with_sealed_words
from cases.roles import ROLE
from cases.sealed import ONE_LABEL, outside_label
from cases.sealed_records import children_with
from cases.stage import Stage
from cases.story import read_story
from engine.access import Actor, Grant, Permission, allowed
from engine.commands.claim_task import claim_task
from engine.errors import NotAllowed, NotFound, SubmissionInvalid
from engine.queries.inbox import inbox
from engine.queries.open_tasks import open_tasks
from engine.store.instance import instance
from engine.store.user_task import user_task
from tests.cases.conftest import PROCESSES, Flow
from tests.cases.tale import Tale

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
SEALED = {"confidential": True, "hiv_track": True}
GUARDIAN = holder("applicant", "519927101001").actor
COUNTY = holder("mzj_sealed", "519927").actor
AC04 = read_story(PROCESSES / "application" / "scenarios" / "ac04_sealed.toml")


@pytest.fixture
def file_sealed(stage: Stage) -> Callable[..., Flow]:
    def begin(actor: Actor = GUARDIAN, **fields: Any) -> Flow:
        case = Flow(stage=stage, child=CHILD)
        told = {"categories": None, "difficulty": None, "income_decl": None, "entrusted": None, **SEALED, **fields}
        case.do(Deed.APPLY, actor=actor, **told)
        return case

    return begin


@pytest.mark.parametrize("role", ["town_window", "town_officer", "village_officer"])
def test_neither_village_nor_township_files_a_sealed_application(file_sealed: Callable[..., Flow], role: str) -> None:
    with pytest.raises(NotAllowed, match="网上涉密通道"):
        file_sealed(holder(role, "519927101001").actor)


def test_the_ordinary_application_does_not_meet_the_sealed_one(
    stage: Stage, file_sealed: Callable[..., Flow], flow: Callable[..., Flow]
) -> None:
    """M2: other people's duplicate checks ignore sealed rows; each track still has one open application per child."""
    file_sealed()
    flow(CHILD)
    with pytest.raises(SubmissionInvalid, match="已有在办的申请"):
        file_sealed(COUNTY)
    with stage.database.reading() as session:
        sealed = children_with(session, CHILD.idcard)
        of_both = sa.or_(child.c.idcard == CHILD.idcard, child.c.id.in_(sealed))
        rows = session.execute(sa.select(child.c.sealed_hiv, child.c.search_key).where(of_both))
        assert {row.sealed_hiv: row.search_key == "" for row in rows} == {True: True, False: False}


def test_lists_call_a_sealed_case_by_its_code(stage: Stage, file_sealed: Callable[..., Flow]) -> None:
    case = file_sealed()
    with stage.database.reading() as session:
        for table in (instance, user_task):
            row = session.execute(sa.select(table).where(table.c.case_id == case.case_id)).one()
            assert row.subject == f"涉密件{case.case_id[-8:].upper()}"
            assert row.search_key == ""
            assert row.place == "519927"
        filed = session.execute(sa.text("SELECT application_no FROM application")).scalar_one()
    assert filed == "519927-20250924-0001"


def test_only_the_sealed_officer_finds_the_child(stage: Stage, file_sealed: Callable[..., Flow]) -> None:
    file_sealed()
    roles = ("village_officer", "town_officer", "town_head", "mzj_handler", "mzj_leader", "wjj_handler", "wjj_sealed")
    with stage.database.transaction() as session:
        now = stage.clock.now()
        for role in roles:
            actor = holder(role, "519927101001").actor
            assert child_search.by_idcard(session, CHILD.idcard, actor=actor, purpose="核对", now=now) == [], role
        assert len(child_search.by_idcard(session, CHILD.idcard, actor=COUNTY, purpose="核对", now=now)) == 1


def test_no_form_of_an_ordinary_case_takes_the_word(flow: Callable[..., Flow]) -> None:
    """The form names no such check on this field; the county refuses it all the same, and points to the channel."""
    case = flow(CHILD)
    with pytest.raises(SubmissionInvalid, match="涉密通道"):
        case.do(Deed.CHECK, note="听说是艾滋病家庭")


def test_words_are_found_in_lists_and_tables() -> None:
    fields = {"a": "健康", "b": [{"found": "hiv阳性"}], "c": 3, "d": {"e": ["艾滋"]}}
    assert fields_with_sealed_words(fields) == ("b", "d")


def test_the_outside_reads_one_label_for_three_schemes() -> None:
    assert {outside_label(scheme, scheme) for scheme in ("HIV", "ORPHAN", "DEFACTO")} == {ONE_LABEL}
    assert outside_label("DIBAO", "最低生活保障") == "最低生活保障"


def test_a_sealed_case_is_flagged(stage: Stage, file_sealed: Callable[..., Flow]) -> None:
    case = file_sealed()
    with stage.database.reading() as session:
        row = session.execute(sa.select(case_file).where(case_file.c.id == case.case_id)).one()
    assert (row.sealed_hiv, row.place, row.owner_id) == (True, "519927", GUARDIAN.id)


PAIR = {"mzj_sealed", "wjj_sealed"}
ORDINARY = sorted(set(ROLE) - PAIR)
#: They learn that a sealed file exists, and its code (6.1); administrators keep instances running.
KNOW_OF_THE_SEAL = {"mzj_handler", "mzj_leader"}


@pytest.fixture
def told(stage: Stage) -> Tale:
    stage.clock.instant = AC04.clock
    return Tale(stage=stage)


@pytest.mark.parametrize("step", ["e_ut_deliver", "e_ut_feedback"])
def test_what_a_sealed_child_gets_is_delivered_and_followed_by_the_pair_alone(told: Tale, step: str) -> None:
    """M2: no ordinary role has, sees or takes a task of delivery or follow-up, whatever its place and department."""
    before = next(number for number, each in enumerate(AC04.steps) if each.task == step)
    told.tell(AC04.steps[:before])
    with told.stage.database.reading() as session:
        rows = session.execute(sa.select(user_task).where(user_task.c.instance_id == told.instance_id)).all()
    assert {row.role for row in rows} <= PAIR
    [task] = [row for row in rows if row.element_id == step]
    assert (task.role, task.place, task.department in (None, "MZJ")) == ("mzj_sealed", "519927", True)
    for role in ORDINARY:
        department = ROLE[role].department or "MZJ"
        for place in ("519927", "519927101", "519927101001"):
            person = Actor(id="x", name="某", grants=(Grant(role=role, place=place, department=department),))
            assert_learns_nothing(told, task.id, person)
    with told.stage.database.reading() as session:
        assert [each.task_id for each in inbox(session, COUNTY, now=told.stage.clock.now()).rows] == [task.id]


def assert_learns_nothing(told: Tale, task_id: str, person: Actor) -> None:
    now = told.stage.clock.now()
    with told.stage.database.reading() as session:
        assert inbox(session, person, now=now).rows == ()
        try:
            found = open_tasks(session, told.stage.env, told.instance_id, actor=person)
        except NotFound:
            found = ()
    knows = allowed(person, Permission.INSTANCE_SEE) or person.grants[0].role in KNOW_OF_THE_SEAL
    assert knows or found == (), person
    assert not any(each.may_work for each in found), person
    with pytest.raises(NotAllowed), told.stage.database.transaction() as session:
        claim_task(session, task_id, actor=person, now=now)
