"""What the desk decides of a report reaches the police, and a double helps only where somebody works on the first one
(P_H H1 1 and 2, M3, M16, DL-22)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import case_files, meetings, people, protection, report_facts, reports
from cases.demo_people import holder
from cases.messages import message_out
from cases.sending import sent
from cases.stage import Stage, build
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.errors import SubmissionInvalid
from engine.settings import Settings
from engine.store import audit
from engine.store.instance import instance
from engine.store.user_task import OPEN, user_task

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 3, 7, 23, 0, tzinfo=COUNTY_ZONE)
VILLAGE = "519927101001"
CITIZEN = Actor(id="citizen", name="路人", grants=(Grant(role="reporter", place=VILLAGE),))
DESK = holder("mzj_duty", "519927").actor
POLICE = holder("gaj_handler", "519927").actor


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([PROCESSES / "report"])
    with made.database.transaction() as session:
        people.add_person(
            session, person_id=POLICE.id, user_name=POLICE.id, name=POLICE.name, password_hash="", grants=POLICE.grants,
            now=NOW,
        )  # fmt: skip
    yield made
    made.database.dispose()


def reported(stage: Stage, key: str, *, run: bool = True, by: Actor = CITIZEN, **changed: Any) -> str:
    """A report; the id of its case."""
    fields = {
        "found_at": "2026-03-07T22:30:00+08:00",
        "division": VILLAGE,
        "place": "青山村3组家中",
        "situations": ["遭受意外伤害"],
        "mandatory": True,
        "reported_to_police": True,
    }
    with stage.database.transaction() as session:
        values = sent(session, fields | changed, folder=stage.env.settings.data_folder, actor=by, now=NOW)
        started = start_process(session, stage.env, "report", fields=values, actor=by, now=NOW, idempotency_key=key)
    if run:
        stage.run_due()
    return str(started.case_id)


def open_tasks(stage: Stage, case_id: str) -> dict[str, Any]:
    query = (
        sa.select(user_task)
        .join(instance, instance.c.id == user_task.c.instance_id)
        .where(instance.c.case_id == case_id, user_task.c.status == OPEN)
    )
    with stage.database.reading() as session:
        return {row.element_id: row for row in session.execute(query)}


def triaged(stage: Stage, case_id: str, **fields: Any) -> None:
    task = open_tasks(stage, case_id)["h_ut_triage"]
    with stage.database.transaction() as session:
        given = {"triage_result": "受理", "level_confirmed": "L3", **fields}
        complete_task(session, stage.env, task.id, fields=given, actor=DESK, now=NOW, idempotency_key=task.id)
    stage.run_due()


def told(stage: Stage) -> list[str]:
    query = sa.select(message_out.c.body).where(message_out.c.person_id == POLICE.id, message_out.c.kind == "police")
    with stage.database.reading() as session:
        return list(session.execute(query).scalars())


def number_of(stage: Stage, case_id: str) -> str:
    with stage.database.reading() as session:
        return str(reports.find_report(session, case_id)["report_no"])


@pytest.mark.parametrize(
    ("changed", "informed"),
    [
        ({"reported_to_police": False}, True),
        ({"reported_to_police": True}, False),
        ({"mandatory": False, "reported_to_police": False}, False),
    ],
)
def test_the_police_learns_at_once_what_a_mandatory_reporter_did_not_tell_it(
    stage: Stage, changed: dict[str, Any], informed: bool
) -> None:
    """The lowest level too: a notice, and nobody is sent out (M16)."""
    case_id = reported(stage, "report", **changed)
    with stage.database.reading() as session:
        assert (reports.find_report(session, case_id)["police_informed_at"] == NOW) is informed
        assert ("GAJ" in case_files.departments_of(session, case_id)) is informed
    assert set(open_tasks(stage, case_id)) == {"h_ut_triage", "h_ut_town_check"}
    assert len(told(stage)) == informed
    assert all(number_of(stage, case_id) in each for each in told(stage))


@pytest.mark.parametrize(("role", "must"), [("village_officer", True), ("reporter", False), ("mzj_duty", False)])
def test_an_official_must_report_whether_or_not_it_is_ticked(stage: Stage, role: str, must: bool) -> None:
    """The whole form under 办理 leaves the tick to its reader; the law does not (未保法11)."""
    place = "519927" if role == "mzj_duty" else VILLAGE
    actor = Actor(id=f"one-{role}", name="某人", grants=(Grant(role=role, place=place),))
    case_id = reported(stage, role, by=actor, mandatory=False, reported_to_police=False)
    with stage.database.reading() as session:
        assert reports.find_report(session, case_id)["mandatory"] is must
    assert len(told(stage)) == must


def test_whether_the_police_was_called_must_be_answered(stage: Stage) -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        reported(stage, "report", reported_to_police=None)
    assert [(each.field, each.rule) for each in refused.value.problems] == [("reported_to_police", "required")]


@pytest.mark.parametrize(("level", "minutes"), [("L1", 30), ("L2", 120)])
def test_a_raised_level_calls_the_township_back_and_sends_the_police(stage: Stage, level: str, minutes: int) -> None:
    case_id = reported(stage, "report")
    triaged(stage, case_id, level_confirmed=level)
    found = open_tasks(stage, case_id)
    assert set(found) == {"h_ut_dispatch", "h_ut_feedback"}
    assert found["h_ut_dispatch"].due_at == NOW + timedelta(minutes=minutes)


def test_a_level_confirmed_or_lowered_sends_nobody(stage: Stage) -> None:
    """M4: lowering needs a reason and takes nobody back; a flag that the desk adds still raises."""
    case_id = reported(stage, "report")
    triaged(stage, case_id)
    assert set(open_tasks(stage, case_id)) == {"h_ut_town_check", "h_ut_feedback"}
    other = reported(stage, "other")
    triaged(stage, other, suspected_abuse_or_neglect=True, level_reason="邻居反映情况轻微,先按一般办理")
    found = open_tasks(stage, other)
    assert set(found) == {"h_ut_dispatch", "h_ut_feedback"}
    assert found["h_ut_dispatch"].due_at == NOW + timedelta(minutes=120)


def test_the_police_that_is_on_its_way_keeps_its_task_is_due_earlier_and_is_told(stage: Stage) -> None:
    case_id = reported(stage, "report", situations=["S4"])
    before = open_tasks(stage, case_id)["h_ut_dispatch"]
    assert before.due_at == NOW + timedelta(minutes=120)
    with stage.database.transaction() as session:  # its first look is over: the next one is an hour away
        session.execute(sa.update(user_task).values(remind_at=NOW + timedelta(minutes=60)))
    triaged(stage, case_id, level_confirmed="L1")
    after = open_tasks(stage, case_id)["h_ut_dispatch"]
    assert (after.id, after.opened_at) == (before.id, before.opened_at)
    assert after.due_at == after.due_order == NOW + timedelta(minutes=30)
    assert after.due_derivation["text"] == "2026-03-07 23:00 起连续计算 30 分钟,至 2026-03-07 23:30"
    assert after.remind_at == NOW
    number = number_of(stage, case_id)
    assert told(stage) == [f"报告 {number}:研判后等级升高为特急(红),出警处置时限缩短至 2026-03-07 23:30,请立即处置。"]
    with stage.database.reading() as session:
        noted = session.execute(sa.select(audit.audit).where(audit.audit.c.action == "deadline.shorten")).one()
    assert (noted.target, noted.actor_id) == (case_id, DESK.id)


def test_a_raised_level_never_makes_a_time_limit_longer(stage: Stage) -> None:
    """Two hours less ten minutes are over: the half hour that begins now would end later."""
    case_id = reported(stage, "report", situations=["S4"])
    due = NOW + timedelta(minutes=10)
    with stage.database.transaction() as session:
        session.execute(sa.update(user_task).where(user_task.c.element_id == "h_ut_dispatch").values(due_at=due))
    triaged(stage, case_id, level_confirmed="L1")
    assert open_tasks(stage, case_id)["h_ut_dispatch"].due_at == due
    assert told(stage) == [f"报告 {number_of(stage, case_id)}:研判后等级升高为特急(红),请立即处置。"]


def test_a_level_raised_before_the_police_was_told_holds_for_its_task(stage: Stage) -> None:
    """The desk is quicker than the service that tells the police: the task opens with the shorter limit."""
    case_id = reported(stage, "report", run=False, situations=["S4"])
    triaged(stage, case_id, level_confirmed="L1")
    assert open_tasks(stage, case_id)["h_ut_dispatch"].due_at == NOW + timedelta(minutes=30)


def test_a_double_is_joined_to_a_report_that_is_being_worked_on_and_to_no_other(stage: Stage) -> None:
    first, second, third = (reported(stage, key) for key in ("first", "second", "third"))
    double = {"triage_result": "重复并案", "level_confirmed": "L3"}

    def rule(number: str) -> str:
        with pytest.raises(SubmissionInvalid) as refused:
            triaged(stage, third, duplicate_of=number, **double)
        (problem,) = refused.value.problems
        assert problem.field == "duplicate_of"
        return problem.rule

    triaged(stage, second, duplicate_of=number_of(stage, first), **double)
    assert set(open_tasks(stage, second)) == {"h_ut_feedback"}
    assert rule(number_of(stage, third)) == "unknown"
    assert rule(number_of(stage, second)) == "merged"
    with stage.database.transaction() as session:
        case_files.change(session, first, closed_at=NOW)
    assert rule(number_of(stage, first)) == "closed"


def test_a_second_report_of_the_same_child_on_the_same_day_sends_nobody_until_the_desk_has_decided(
    stage: Stage,
) -> None:
    """Not sure, not lost: the police is told at once, goes earlier if the second report is graver, and reads it."""
    about = {"child_name": "张小宝", "approx_age": 5, "situations": ["S4"]}
    first = reported(stage, "first", **about)
    second = reported(stage, "second", **about | {"situations": ["S6"], "approx_age": 6, "injuries": "独自哭喊"})
    one, two = number_of(stage, first), number_of(stage, second)
    assert set(open_tasks(stage, second)) == {"h_ut_triage"}
    assert open_tasks(stage, first)["h_ut_dispatch"].due_at == NOW + timedelta(minutes=30)
    assert told(stage) == [
        f"报告 {two}:与在办个案 {one} 可能是同一名儿童,由值班员研判,暂不另行出警。"
        "出警处置时限缩短至 2026-03-07 23:30,请立即处置。"
    ]
    assert words(stage, second)["report_running"] == f"{one}(正在处置)"
    assert "独自哭喊" in words(stage, first)["report_doubles"]
    triaged(stage, second, triage_result="重复并案", level_confirmed="L1", duplicate_of=one)
    assert set(open_tasks(stage, second)) == {"h_ut_feedback"}
    assert "独自哭喊" in words(stage, first)["report_doubles"]
    assert set(open_tasks(stage, first)) == {"h_ut_triage", "h_ut_dispatch"}


@pytest.mark.parametrize("_", range(4))
def test_a_double_of_the_lowest_level_is_joined_as_well(stage: Stage, _: int) -> None:
    """Both ways out of the gateway hold for it; which one is taken may not be a matter of chance."""
    first, second = (reported(stage, key, child_name="张小宝", approx_age=5) for key in ("first", "second"))
    triaged(stage, second, triage_result="重复并案", duplicate_of=number_of(stage, first))
    assert set(open_tasks(stage, second)) == {"h_ut_feedback"}


def words(stage: Stage, case_id: str) -> Any:
    with stage.database.reading() as session:
        return report_facts.facts(session, case_id)


@pytest.mark.parametrize(
    "other",
    [
        {"child_name": "张大宝"},
        {"approx_age": 9},
        {"division": "519927101002"},
        {"child_idcard": "519927201912240057"},
    ],
)
def test_another_child_goes_its_own_way(stage: Stage, other: dict[str, Any]) -> None:
    """Another name, age or village, or another id number: two children, two dispatches."""
    about = {"child_name": "张小宝", "approx_age": 5, "situations": ["S4"], "child_idcard": "519927201503110016"}
    if "child_idcard" not in other:
        del about["child_idcard"]
    reported(stage, "first", **about)
    second = reported(stage, "second", **about | other)
    assert set(open_tasks(stage, second)) == {"h_ut_triage", "h_ut_dispatch"}


def test_the_same_child_is_recognised_by_its_number_whatever_it_is_called(stage: Stage) -> None:
    about = {"situations": ["S4"], "child_idcard": "519927201503110016"}
    reported(stage, "first", **about, child_name="张小宝")
    second = reported(stage, "second", **about, child_name="小宝", division="519927101002")
    assert set(open_tasks(stage, second)) == {"h_ut_triage"}


def test_a_graver_report_does_not_wait_behind_the_townships_check(stage: Stage) -> None:
    about = {"child_name": "张小宝", "approx_age": 5}
    reported(stage, "first", **about)
    graver = reported(stage, "second", **about, life_threat=True)
    assert set(open_tasks(stage, graver)) == {"h_ut_triage", "h_ut_dispatch"}
    same = reported(stage, "third", **about)
    assert set(open_tasks(stage, same)) == {"h_ut_triage"}


@pytest.mark.parametrize(("situation", "opened"), [("S4", "h_ut_dispatch"), ("遭受意外伤害", "h_ut_town_check")])
def test_the_desk_takes_a_child_up_anew_for_a_reason_only(stage: Stage, situation: str, opened: str) -> None:
    about = {"child_name": "张小宝", "approx_age": 5, "situations": [situation]}
    first = reported(stage, "first", **about)
    second = reported(stage, "second", **about)
    level = "L2" if situation == "S4" else "L3"
    with pytest.raises(SubmissionInvalid) as refused:
        triaged(stage, second, level_confirmed=level)
    (problem,) = refused.value.problems
    assert (problem.field, problem.rule) == ("note", "running")
    assert number_of(stage, first) in problem.message
    triaged(stage, second, level_confirmed=level, note="同名的另一名儿童,住在村的另一头")
    assert set(open_tasks(stage, second)) == {opened, "h_ut_feedback"}


def in_care(stage: Stage, case_id: str) -> None:
    """The child was handed over; nobody is on the way any more."""
    with stage.database.transaction() as session:
        protection.change(session, case_id, placement="县未成年人救助保护中心", stage="H2")
        session.execute(sa.update(user_task).where(user_task.c.element_id == "h_ut_dispatch").values(status="done"))


def test_a_child_in_care_is_not_fetched_a_second_time_and_somebody_looks_after_it(stage: Stage) -> None:
    about = {"child_name": "张小宝", "situations": ["S6"], "child_idcard": "519927201503110016"}
    first = reported(stage, "first", **about)
    in_care(stage, first)
    with stage.database.transaction() as session:  # long ago
        reports.change(session, first, reported_at=NOW - timedelta(days=90))
    second = reported(stage, "second", **about)
    one, two = number_of(stage, first), number_of(stage, second)
    assert set(open_tasks(stage, second)) == {"h_ut_triage"}
    assert words(stage, second)["report_running"] == f"{one}(儿童已安置,监护个案在办)"
    assert [each for each in told(stage) if two in each] == [
        f"报告 {two}:与在办个案 {one} 可能是同一名儿童,由值班员研判,暂不另行出警。"
    ]
    triaged(stage, second, triage_result="重复并案", level_confirmed="L1", duplicate_of=one)
    with stage.database.reading() as session:
        (item,) = meetings.items_of(session, first)
    assert (item["kind"], item["dept"], item["due_on"].isoformat()) == ("并案核实", "MZJ", "2026-03-09")
    assert two in item["item_text"]


@pytest.mark.parametrize(("outcome", "flags"), [(None, {"life_threat": True}), ("RETURN", {})])
def test_a_life_in_danger_and_a_child_at_home_again_do_not_wait_for_the_desk(
    stage: Stage, outcome: str | None, flags: dict[str, bool]
) -> None:
    about = {"child_name": "张小宝", "situations": ["S6"], "child_idcard": "519927201503110016"}
    first = reported(stage, "first", **about)
    in_care(stage, first)
    with stage.database.transaction() as session:
        protection.change(session, first, outcome=outcome)
    second = reported(stage, "second", **about, **flags)
    assert set(open_tasks(stage, second)) == {"h_ut_triage", "h_ut_dispatch"}


def test_the_desk_learns_of_the_running_case_when_it_finds_out_who_the_child_is(stage: Stage) -> None:
    """The reporter knew no number: the desk's own look names the case in which the child is cared for."""
    number = "519927201503110016"
    first = reported(stage, "first", situations=["S6"], child_idcard=number)
    in_care(stage, first)
    second = reported(stage, "second", situations=["S6"])
    assert set(open_tasks(stage, second)) == {"h_ut_triage", "h_ut_dispatch"}
    with pytest.raises(SubmissionInvalid) as refused:
        triaged(stage, second, level_confirmed="L1", child_idcard=number)
    assert number_of(stage, first) in refused.value.problems[0].message
