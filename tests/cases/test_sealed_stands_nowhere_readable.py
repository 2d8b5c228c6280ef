"""Who the child of a sealed file is, its family and its illness stand in no readable value of any table, at no moment
of its case (domain.md 5 `sealed_record`, 6.1, M2).

AC-04 is told with a family of its own, so that the demonstration's words in the published process are not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from cases import children, sealed_identity, sealed_records, unmasking
from cases.child_search import by_idcard
from cases.demo_people import holder
from cases.scenario import play
from cases.stage import Stage
from cases.story import Step, Story, read_story
from engine.access import Actor, Grant
from engine.commands.add_cosigner import add_cosigner
from engine.commands.claim_task import claim_task
from engine.commands.copy_task import copy_task
from engine.commands.open_incident import open_incident
from engine.commands.remark_on_task import remark_on_task
from engine.commands.save_draft import save_draft
from engine.errors import NotFound, Refused, StepFailed
from engine.store.audit import audit
from engine.store.user_task import TaskStatus, user_task
from tests.cases.conftest import PROCESSES
from tests.cases.tale import Tale
from tests.readable import texts

NAME, IDCARD, VILLAGE = "钱未央", "519927200909300026", "519927101001"
ANEW = {
    "张小明": NAME,
    "519927201503110016": IDCARD,
    "王建国": "钱大有",
    "青山村(演示)": "青山村3组9号",
    "13800000000": "13899990000",
    "6222020000000000000": "6222021111111111112",
    "家庭困难,申请保密办理。": "钱未央需要长期服药,申请保密办理。",
    "file:m23.pdf": "file:钱未央检测报告.pdf",
}
#: What tells of the child, its family or its illness.
TELLS = (
    NAME, IDCARD, "钱大有", "519927198506232137", "青山村3组9号", "13899990000", "6222021111111111112", "长期服药",
    "艾滋", "HIV",
)  # fmt: skip
#: The published processes and the county's papers are the same for every child. The applicant is a person of the
#: program whose steps are told by name; no row of the file says whose guardian that is (docs/adr/0006).
LEFT_OUT = frozenset({"process_version.bundle", "submission.actor_name", "history.actor_name"})
PAIR_A = Actor(id="a", name="陶然", grants=(Grant(role="mzj_sealed", place="519927", department="MZJ"),))
PAIR_B = Actor(id="b", name="曹颖", grants=(Grant(role="mzj_sealed", place="519927", department="MZJ"),))


def anew(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: anew(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [anew(each) for each in value]
    return ANEW.get(value, value) if isinstance(value, str) else value


def retold(name: str) -> Story:
    told = read_story(PROCESSES / name)
    steps = tuple(replace(step, fields=anew(step.fields)) for step in told.steps)
    return replace(told, steps=steps, children=tuple(anew(dict(each)) for each in told.children))


AC04 = retold("application/scenarios/ac04_sealed.toml")


def readable(stage: Stage) -> set[tuple[str, str]]:
    return {
        (place, word) for place, text in texts(stage.database.engine, but=LEFT_OUT) for word in TELLS if word in text
    }


@pytest.fixture
def tale(stage: Stage) -> Iterator[Tale]:
    stage.clock.instant = AC04.clock
    yield Tale(stage=stage)


def own_steps() -> tuple[Step, ...]:
    return tuple(step for step in AC04.steps if step.do in ("start", "complete") and not step.refused)


def test_at_no_step_of_its_case(tale: Tale) -> None:
    for step in own_steps():
        tale.tell([step])
        assert readable(tale.stage) == set(), f"after {step.task or 'the application'}"
    assert tale.status() == "保障中", "the story went to its end"


def test_not_by_what_people_do_beside_the_diagram(tale: Tale) -> None:
    """A draft, a remark, a copy, an asked opinion, a search, a look, an incident: each with the child's name in it."""
    tale.tell(own_steps()[:1])
    stage, now, said = tale.stage, tale.stage.clock.now(), f"{NAME}({IDCARD})的HIV确证报告"
    with stage.database.transaction() as session:
        task_id = session.scalar(sa.select(user_task.c.id).where(user_task.c.status == TaskStatus.OPEN))
        claim_task(session, task_id, actor=PAIR_A, now=now)
        save_draft(session, task_id, fields={"note": said}, revision=0, actor=PAIR_A, now=now)
        remark_on_task(session, stage.env, task_id, body=said, named=(PAIR_B,), actor=PAIR_A, now=now)
        copy_task(session, stage.env, task_id, recipient=PAIR_B, note=said, actor=PAIR_A, now=now)
        add_cosigner(session, stage.env, task_id, cosigner=PAIR_B, reason=said, actor=PAIR_A, now=now)
        (found,) = by_idcard(session, IDCARD, actor=PAIR_A, purpose="核对", now=now)
        unmasking.unmask(session, PAIR_A, found["id"], purpose="IDENTITY", note="当面核对身份", now=now)
        failure = StepFailed(said, kind="script", detail={"instance_id": tale.instance_id, "values": {"note": said}})
        assert open_incident(session, failure, actor=PAIR_A, now=now) is not None
    assert {place for place, _word in readable(stage)} == set()


@pytest.mark.parametrize(
    "name", ["exit/scenarios/sealed_exit.toml", "quarterly/scenarios/sealed_visit.toml",
             "application/scenarios/sealed_consult.toml"]
)  # fmt: skip
def test_nor_when_it_is_visited_consulted_on_or_leaves(database_url: str, name: str, stage: Stage) -> None:
    told = retold(name)
    assert play(told, PROCESSES, database_url=database_url, say=lambda _: None).failures == ()
    assert readable(stage) == set()


def test_the_look_sees_what_an_ordinary_file_says(tale: Tale) -> None:
    """The control: the same words of an ordinary file are found, in every table that a sealed one fills."""
    ordinary = {"confidential": False, "hiv_track": None, "sealed_report": None, "categories": ["C5"]}
    [step] = own_steps()[:1]
    fields = {**step.fields, **ordinary, "difficulty": ["就学"], "income_decl": 15000}
    tale.tell([replace(step, fields=fields)])
    assert {place for place, _word in readable(tale.stage)} >= {
        "child.name", "child.idcard", "child.live_address", "guardian.name", "guardian.idcard", "guardian.phone",
        "household.address", "application.applicant_name", "application.statement", "submission.fields",
    }  # fmt: skip


@pytest.mark.parametrize("column", ["idcard", "live_address", "phone", "ethnic", "no_id_reason", "name", "search_key"])
def test_the_table_itself_refuses_it(tale: Tale, column: str) -> None:
    """Whatever writes to the row of a sealed file, the database keeps who it is out of it."""
    tale.tell(own_steps()[:1])
    values = {column: "钱"}
    with pytest.raises(sa.exc.IntegrityError), tale.stage.database.transaction() as session:
        session.execute(sa.update(children.child).values(**values))


def test_who_opens_the_record_is_noted_and_others_find_nothing(tale: Tale) -> None:
    tale.tell(own_steps()[:1])
    stage, now = tale.stage, tale.stage.clock.now()
    with stage.database.transaction() as session:
        child_id = session.scalar(sa.select(children.child.c.id))
        for role in ("village_officer", "town_officer", "town_head", "mzj_handler", "mzj_leader", "wjj_sealed"):
            person = holder(role, VILLAGE).actor
            with pytest.raises(NotFound):
                sealed_identity.open_identity(session, person, child_id, purpose="核对", now=now)
        with pytest.raises(Refused, match="说明目的"):
            sealed_identity.open_identity(session, PAIR_A, child_id, purpose=" ", now=now)
        guardian = next(step.actor for step in AC04.steps if step.actor and step.actor.name == "王建国")
        for person in (PAIR_A, guardian):
            found = sealed_identity.open_identity(session, person, child_id, purpose="核对", now=now)
            assert (found.name, found.idcard, found.hukou_code) == (NAME, IDCARD, VILLAGE)
        noted = session.execute(
            sa.select(audit.c.actor_id, audit.c.detail).where(audit.c.action == "sealed.open")
        ).all()
        assert [row.actor_id for row in noted] == [PAIR_A.id, guardian.id]
        assert all(row.detail["purpose"] == "核对" for row in noted)
    with stage.database.reading() as session, pytest.raises(RuntimeError, match="keeps no note"):
        sealed_identity.open_identity(session, PAIR_A, child_id, purpose="核对", now=now)


def test_the_letter_names_the_child_and_says_that_the_record_was_opened(tale: Tale) -> None:
    """The paper that reaches the family is the family's; what is kept of it is sealed like every letter."""
    steps = own_steps()
    signed = next(number for number, step in enumerate(steps, 1) if step.task == "d_ut_final_sign")
    tale.tell(steps[:signed])
    with tale.stage.database.reading() as session:
        bodies = session.execute(sa.text("SELECT body FROM document")).scalars().all()
        assert bodies and all(body.startswith("v1:") for body in bodies)
        opened = session.execute(sa.select(audit.c.detail).where(audit.c.action == "sealed.open")).scalars().all()
        assert any(detail["purpose"] == "出具致申请人的文书" for detail in opened)
        assert session.scalar(sa.select(sa.func.count()).select_from(sealed_records.sealed_record)) == 1
