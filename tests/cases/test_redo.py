"""A ruling that sets a decision aside begins the procedure anew by itself (P_K): when, for whom, and what the appeal's
own step then demands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from cases import agenda, appeals, applications, case_ties, children, decisions, documents, redo
from cases.appeals import appeal
from cases.case_files import case_file, change
from cases.case_ties import Tie
from cases.children import ChildStatus
from cases.covered_children import enter_world
from cases.demo_people import holder
from cases.forms import FORMS
from cases.forms.filing import Filing
from cases.forms.k_ut_redo import BEGUN_ANEW, RESTORED
from cases.stage import Stage, build
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.commands.start_process import start_process
from engine.domain import Submitted
from engine.errors import NotAllowed, NotFound, SubmissionInvalid
from engine.settings import Settings
from engine.store.session import Session
from engine.store.user_task import user_task
from tests.opened_cases import opened_case

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=COUNTY_ZONE)
CHILD = {
    "name": "罗小溪",
    "idcard": "519927201011110060",
    "village": "519927101001",
    "categories": ["C5"],
    "enrolled_on": date(2025, 3, 5),
    "guardian": "罗姨",
    "scheme": "DIBAO",
    "amount": Decimal(380),
    "facts": {"hardship_medical": True, "final_categories": ["C5"], "opinion": "符合"},
}


@pytest.fixture(params=["ordinary", "sealed"])
def sealed(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "sealed")


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([PROCESSES / "application", PROCESSES / "exit"])
    yield made
    made.database.dispose()


def ruled(session: Session, *, is_sealed: bool = False, **told: Any) -> str:
    """A refused application whose refusal a review set aside; returns the appeal's case."""
    enter_world(session, children=[{**CHILD, "sealed": is_sealed}], standards=[], now=NOW)
    first = session.execute(select(case_file)).mappings().one()
    applications.file_application(
        session,
        first["id"],
        application_no="519927101-20251027-0001",
        status="不予认定",
        channel="本人",
        applicant_name="罗姨",
        applicant_phone="13812345678",
        relation="其他亲属",
        categories_claimed=["C5"],
        entrusted=False,
        statement="",
        received_at=datetime(2025, 10, 27, 10, 0, tzinfo=COUNTY_ZONE),
    )
    kind = decisions.DecisionKind.REFUSED
    decided_on = date(2025, 11, 26)
    decisions.decide(
        session, first["id"], kind=kind, reason="", decided_on=decided_on, policy_profile="CURRENT", now=NOW
    )
    decided = decisions.current(session, first["id"])
    assert decided is not None
    case_id = opened_case(session, "appeal", now=NOW, child_id=first["child_id"], sealed_hiv=is_sealed)
    usual = {
        "remedy": "行政复议",
        "received_on": date(2026, 1, 12),
        "body": "云岭县人民政府",
        "claim": "",
        "defence_due": date(2026, 1, 22),
        "result": "责令重作",
        "result_on": date(2026, 3, 5),
        "redo_due": date(2026, 3, 30),
        "redo_as": redo.procedure_for(session, decided),
    }
    session.execute(insert(appeal).values(id=case_id[:26], case_id=case_id, decision_id=decided["id"], **usual | told))
    return case_id


def begin(stage: Stage) -> int:
    with stage.database.transaction() as session:
        done = sum(
            agenda.open_one(session, stage.env, each, NOW, agenda.AGENDA)
            for each in agenda.redone(session, stage.env, NOW)
        )
    stage.run_due()
    return done


def carry_out(stage: Stage, case_id: str, said: str, number: str = "") -> None:
    fields = {"carried_out": said, "new_case_no": number, "done_on": NOW.date()}
    where = {"case_id": case_id, "instance_id": "i", "task_id": "t", "department": None, "place": "519927"}
    submitted = Submitted(element_id="k_ut_redo", form_key="k_ut_redo", fields=fields, **where)
    with stage.database.transaction() as session:
        FORMS["k_ut_redo"](
            Filing(
                session=session,
                submitted=submitted,
                actor=holder("mzj_handler", "519927").actor,
                now=NOW,
                calendar=stage.env.calendar,
            )
        )


def test_it_begins_once_and_tells_the_family(stage: Stage, sealed: bool) -> None:
    with stage.database.transaction() as session:
        case_id = ruled(session, is_sealed=sealed)
    assert (begin(stage), begin(stage)) == (1, 0)
    with stage.database.reading() as session:
        row = appeals.find(session, case_id)
        anew = applications.find_application(session, row["redo_case_id"])
        (letter,) = documents.documents_of(session, row["redo_case_id"])
        facts = session.scalar(select(case_file.c.facts).where(case_file.c.id == row["redo_case_id"]))
        tasks = session.execute(select(user_task.c.element_id, user_task.c.role)).all()
    assert (anew["channel"], anew["applicant_name"], anew["categories_claimed"]) == ("救济重办", "罗姨", ["C5"])
    assert "罗小溪" in letter["body"] and "2026年3月30日前作出" in letter["body"] and letter["kind"] == "重新办理告知书"
    assert facts["hardship_medical"] is True
    assert "final_categories" not in facts and "opinion" not in facts
    wanted = ("b_ut_sealed_accept", "mzj_sealed") if sealed else ("b_ut_visit", "town_officer")
    assert [tuple(each) for each in tasks] == [wanted]


@pytest.mark.parametrize(
    "told",
    [
        {"redo_as": None},
        {"redo_case_id": "begun"},
        {"redone_on": date(2026, 3, 9)},
    ],
)
def test_nothing_begins_where_nothing_is_left_to_begin(stage: Stage, told: dict[str, Any]) -> None:
    with stage.database.transaction() as session:
        ruled(session, **told)
    assert begin(stage) == 0


def test_a_child_that_died_or_applies_already_waits(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = ruled(session)
        found = session.execute(select(children.child)).mappings().one()
        children.change(session, found["id"], now=NOW, status=ChildStatus.DECEASED)
    assert begin(stage) == 0
    with stage.database.transaction() as session:
        children.change(session, found["id"], now=NOW, status=ChildStatus.SURVEYED)
        other = opened_case(session, "application", now=NOW, child_id=found["id"])
    assert begin(stage) == 0
    with stage.database.transaction() as session:
        change(session, other, closed_at=NOW)
    assert begin(stage) == 1
    with stage.database.reading() as session:
        assert appeals.find(session, case_id)["redo_case_id"]


def test_the_cases_of_a_ruling_lead_to_each_other(stage: Stage) -> None:
    """By right only: the township's officer sees both procedures and not the appeal."""
    with stage.database.transaction() as session:
        case_id = ruled(session)
    begin(stage)
    with stage.database.reading() as session:
        anew = appeals.find(session, case_id)["redo_case_id"]
        handler, officer = holder("mzj_handler", "519927").actor, holder("town_officer", "519927101").actor
        bureau = [[each.tie for each in case_ties.tied_cases(session, handler, one)] for one in (case_id, anew)]
        town = case_ties.tied_cases(session, officer, anew)
        with pytest.raises(NotFound):
            case_ties.tied_cases(session, officer, case_id)
    assert bureau == [[Tie.ANEW], []] and town == ()  # neither appeal nor first case has an instance in this test


def test_no_person_begins_it(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = ruled(session)
    officer = holder("town_officer", "519927101").actor
    for who, key in ((officer, "application"), (Actor.system("agenda"), "exit")):
        with pytest.raises(NotAllowed), stage.database.transaction() as session:
            start_process(
                session,
                stage.env,
                key,
                fields={"appeal_case": case_id},
                actor=who,
                now=NOW,
                idempotency_key=f"{key} {who.id}",
                place="519927101",
                by_program=True,
            )


def test_it_is_carried_out_when_it_has_decided(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = ruled(session)
    begin(stage)
    for said in (BEGUN_ANEW, RESTORED):
        with pytest.raises(SubmissionInvalid, match="还没有作出决定"):
            carry_out(stage, case_id, said)
    with stage.database.transaction() as session:
        new = appeals.find(session, case_id)["redo_case_id"]
        kind, today = decisions.DecisionKind.RECOGNISED, NOW.date()
        decisions.decide(session, new, kind=kind, reason="", decided_on=today, policy_profile="CURRENT", now=NOW)
    carry_out(stage, case_id, BEGUN_ANEW)
    with stage.database.reading() as session:
        row = appeals.find(session, case_id)
    assert (row["redone_on"], row["redone_as"]) == (NOW.date(), f"{BEGUN_ANEW} 519927101-20260310-0001")


def test_what_the_program_does_not_begin_is_named_by_its_number(stage: Stage) -> None:
    """A ruling of before, or on what is no application and no exit."""
    with stage.database.transaction() as session:
        case_id = ruled(session, redo_as=None)
    for number, why in (("", "请填写"), ("519927101-20260316-0001", "没有找到"), ("519927101-20251027-0001", "之前")):
        with stage.database.transaction() as session:  # the one that is there is the first application itself
            before = case_file.c.kind == "application"
            session.execute(
                update(case_file).where(before).values(opened_at=datetime(2025, 10, 27, tzinfo=COUNTY_ZONE))
            )
        with pytest.raises(SubmissionInvalid, match=why):
            carry_out(stage, case_id, BEGUN_ANEW, number)
    with stage.database.transaction() as session:
        session.execute(update(case_file).where(case_file.c.kind == "application").values(opened_at=NOW))
    carry_out(stage, case_id, BEGUN_ANEW, "519927101-20251027-0001")
