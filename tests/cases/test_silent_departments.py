"""Departments that do not answer: an internal reminder on their target day (R0), and on the county's last day a list to
the conveners; of a sealed file neither leaves the sealed circle (P_D 2-3, M2)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from cases.case_files import case_file
from cases.demo_people import enter_people
from cases.department_review import Standing, department_review
from cases.messages import message_out
from cases.opinions import opinion
from cases.people import role_grant
from cases.roles import ROLE
from cases.stage import Stage
from cases.story import read_story
from engine.access import Actor, Grant
from tests.cases.conftest import PROCESSES
from tests.cases.tale import Tale

STORIES = PROCESSES / "application" / "scenarios"


def told_until(stage: Stage, name: str, task: str) -> Tale:
    """A tale whose departments hold this step and have done nothing."""
    with stage.database.transaction() as session:
        enter_people(session, password_hash="x", now=stage.clock.now())
    tale = Tale(stage=stage)
    steps = read_story(STORIES / f"{name}.toml").steps
    first = next(number for number, step in enumerate(steps) if step.task == task)
    tale.tell([step for step in steps[:first] if step.do in ("start", "complete", "advance")])
    assert task in tale.open()
    return tale


def wait_until(tale: Tale, when: str) -> None:
    tale.stage.move_to(datetime.fromisoformat(f"{when}+08:00"))
    tale.stage.run_due()


def told(stage: Stage, words: str) -> dict[str, set[str]]:
    """Who got a message with these words in its subject, by the roles that they hold, and what it says."""
    query = sa.select(message_out.c.body, role_grant.c.role).join(
        role_grant, role_grant.c.person_id == message_out.c.person_id
    )
    found: dict[str, set[str]] = {}
    with stage.database.reading() as session:
        for row in session.execute(query.where(message_out.c.subject.contains(words))):
            found.setdefault(row.role, set()).add(row.body)
    return found


def test_the_target_day_reminds_the_departments_inside(stage: Stage) -> None:
    tale = told_until(stage, "silent_department", "d_ut_opinion")
    wait_until(tale, "2026-05-06T17:29")
    assert told(stage, "内部提醒") == {}
    wait_until(tale, "2026-05-06T17:30")
    assert {"rsj_handler", "wjj_handler"} <= set(told(stage, "内部提醒"))
    assert not {"rsj_leader", "convener", "vice_convener"} & set(told(stage, "内部提醒"))
    assert "d_ut_opinion" in tale.open()


def test_the_last_day_tells_the_conveners_who_is_silent_and_waits_on(stage: Stage) -> None:
    tale = told_until(stage, "silent_department", "d_ut_opinion")
    wait_until(tale, "2026-05-08T17:29")
    assert told(stage, "县级时限届满") == {}
    wait_until(tale, "2026-05-08T17:30")
    found = told(stage, "县级时限届满")
    assert {"convener", "vice_convener"} & set(found)
    assert not {"rsj_handler", "mzj_handler", "mzj_sealed"} & set(found)
    [words] = set().union(*found.values())
    assert "县人力资源社会保障局" in words and "县卫生计生局" in words and "张" not in words
    assert "d_ut_opinion" in tale.open() and "d_ut_consolidate" not in tale.open()


def test_of_a_sealed_file_no_convener_learns(stage: Stage) -> None:
    tale = told_until(stage, "ac04_sealed", "d_ut_sealed_verify")
    wait_until(tale, "2026-02-24T17:30")
    assert set(told(stage, "县级时限届满")) == {"mzj_sealed"}
    assert set(told(stage, "内部提醒")) <= {"wjj_sealed"}
    assert "d_ut_sealed_verify" in tale.open()


def review(tale: Tale, role: str, place: str = "519927") -> dict[str, Standing]:
    """What the case's page says of the departments, to whoever holds this role."""
    grant = Grant(role=role, place=place, department=ROLE[role].department)
    reader = Actor(id=f"one-{role}", name="某人", grants=(grant,))
    with tale.stage.database.transaction() as session:
        case_id = session.scalar(sa.select(case_file.c.id))
        found = department_review(session, reader, case_id, purpose="抽查", now=tale.stage.clock.now())
    return {each.department: each for each in found}


def test_whoever_leads_the_review_reads_how_the_departments_stand_and_when_they_were_reminded(stage: Stage) -> None:
    """The conveners without a word of reason; a department its own; applicants and the village nothing (6.1)."""
    tale = told_until(stage, "silent_department", "d_ut_opinion")
    wait_until(tale, "2026-05-06T17:30")
    with stage.database.transaction() as session:
        answered = sa.update(opinion).where(opinion.c.department == "WJJ")
        session.execute(answered.values(opinion="不同意", reason="病历与申请不符", handler_name="卫健经办"))
    rsj, wjj = "县人力资源社会保障局", "县卫生计生局"
    for role in ("mzj_handler", "mzj_leader", "convener", "vice_convener"):
        found = review(tale, role)
        assert {rsj, wjj} <= found.keys()
        assert found[wjj].opinion == "不同意"
        assert found[rsj].opinion is None
        assert [each.rung for each in found[rsj].reminders] == ["内部提醒"]
        reads = role.startswith("mzj")
        assert found[wjj].reason == ("病历与申请不符" if reads else "")
        assert found[wjj].by == ("卫健经办" if reads else "")
    assert review(tale, "town_officer", "519927101")[wjj].reason == "病历与申请不符"
    assert review(tale, "wjj_handler").keys() == {wjj}
    assert review(tale, "wjj_handler")[wjj].reason == "病历与申请不符"
    assert review(tale, "village_officer", "519927101001") == {}


def test_the_applicant_reads_no_departments_answer(stage: Stage) -> None:
    told_until(stage, "silent_department", "d_ut_opinion")
    with stage.database.transaction() as session:
        row = session.execute(sa.select(case_file.c.id, case_file.c.owner_id)).one()
        owner = Actor(id=row.owner_id, name="监护人", grants=(Grant(role="mzj_handler", place="519927"),))
        assert department_review(session, owner, row.id, purpose="自查", now=stage.clock.now()) == ()


def test_of_a_sealed_file_only_the_pair_reads_the_review(stage: Stage) -> None:
    tale = told_until(stage, "ac04_sealed", "d_ut_sealed_verify")
    assert review(tale, "mzj_sealed").keys() == {"WJJ_SEALED"}
    assert review(tale, "mzj_handler") == review(tale, "mzj_leader") == {}
