"""Items 交办事项: each reaches the office that it was given to, once, without the child's name (P_I 5, M1, M2, M15)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import agenda, case_files, case_page, case_ties, meetings
from cases.agenda import AGENDA
from cases.roles import role_name
from cases.stage import Stage, build
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.errors import NotFound
from engine.settings import Settings
from engine.store.instance import instance
from engine.store.user_task import user_task
from tests.opened_cases import opened_case

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 3, 10, 9, tzinfo=COUNTY_ZONE)
TELLER = Actor.system("test")
VILLAGE, COUNTY = "519927101001", "519927"


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=database_url)
    made = build(settings, at=NOW)
    made.prepare([PROCESSES / "item"])
    yield made
    made.database.dispose()


def given(
    stage: Stage, *, dept: str, kind: str = "追责", of: str = "report", sealed: bool = False, days_ago: int = 0
) -> str:
    """An item of a case of this kind; returns the case."""
    now = NOW - timedelta(days=days_ago)
    with stage.database.transaction() as session:
        case_id = opened_case(session, of, now=now, place=VILLAGE, actor=TELLER, sealed_hiv=sealed)
        meetings.add_item(
            session, case_id, kind=kind, item_text="依法追究责任", dept=dept, due_on=date(2026, 3, 24), now=now
        )
    return case_id


def opened(stage: Stage) -> int:
    with stage.database.transaction() as session:
        return agenda.open_due(session, stage.env, NOW, AGENDA)


def tasks(stage: Stage) -> list[tuple[str, str, str | None]]:
    with stage.database.reading() as session:
        rows = session.execute(select(user_task).where(user_task.c.element_id == "i_ut_item")).mappings()
        return [(row["role"], row["place"], row["department"]) for row in rows]


def person(role: str, department: str | None = None) -> Actor:
    return Actor(id=role, name=role, grants=(Grant(role=role, place=COUNTY, department=department),))


@pytest.mark.parametrize(
    ("dept", "kind", "of", "sealed", "role", "department"),
    [
        ("GAJ", "追责", "report", False, "gaj_handler", "GAJ"),
        ("CPC", "会议", "report", False, "cpc_staff", "CPC"),
        ("MZJ", "复核", "exit", False, "mzj_handler", "MZJ"),
        ("MZJ", "到期预警", "custody", False, "mzj_duty", "MZJ"),
        ("MZJ", "登记", "report", False, "mzj_handler", "MZJ"),
        ("JKT", "会议", "application", True, "mzj_sealed", "MZJ"),
    ],
)
def test_whose_task_an_item_is(
    stage: Stage, dept: str, kind: str, of: str, sealed: bool, role: str, department: str
) -> None:
    """The bureau's items of a protection case are the duty desk's, which sees it (M1); a sealed file's are its own
    people's whatever department was meant (M2). Each is opened once."""
    given(stage, dept=dept, kind=kind, of=of, sealed=sealed)
    assert opened(stage) == 1
    assert tasks(stage) == [(role, COUNTY, department)]
    assert opened(stage) == 0


@pytest.mark.parametrize("kind", sorted(meetings.HANDED_OUT))
def test_what_a_diagram_hands_out_itself_is_not_handed_out_twice(stage: Stage, kind: str) -> None:
    given(stage, dept="JKT", of=kind)
    assert opened(stage) == 0


def test_old_items_of_cases_that_are_over_are_left_alone(stage: Stage) -> None:
    over, running = given(stage, dept="GAJ", days_ago=400), given(stage, dept="FEGW", days_ago=400)
    with stage.database.transaction() as session:
        case_files.change(session, over, closed_at=NOW)
    assert opened(stage) == 1
    assert tasks(stage) == [("fegw_handler", COUNTY, "FEGW")] and running


def test_what_the_office_did_stands_with_the_item(stage: Stage) -> None:
    case_id = given(stage, dept="GAJ")
    assert opened(stage) == 1
    police = person("gaj_handler", "GAJ")
    with stage.database.transaction() as session:
        task_id = session.scalar(select(user_task.c.id).where(user_task.c.element_id == "i_ut_item"))
        claim_task(session, task_id, actor=police, now=NOW)
        fields = {"action_result": "部分落实", "done_on": "2026-03-10", "action_note": "已立案。"}
        complete_task(session, stage.env, task_id, fields=fields, actor=police, now=NOW, idempotency_key="done")
        [item] = meetings.items_of(session, case_id)
    assert item["result"] == "部分落实"


def test_the_case_that_gave_it_is_shown_to_who_sees_that_one(stage: Stage) -> None:
    """The duty desk sees the protection case, the police department's leader only the item; a stranger neither."""
    source = given(stage, dept="GAJ")
    assert opened(stage) == 1
    with stage.database.transaction() as session:
        case_id = session.scalar(select(instance.c.case_id).where(instance.c.process_key == "item"))
        session.execute(
            instance.update().where(instance.c.process_key == "item").values(case_id=source)
        )  # stands for the source's own instance
        assert case_page.source_of(session, person("mzj_duty", "MZJ"), case_id) is not None
        assert case_page.source_of(session, person("gaj_leader", "GAJ"), case_id) is None
        with pytest.raises(NotFound):
            case_page.source_of(session, person("mzj_handler", "MZJ"), case_id)


def given_items(stage: Stage, case_id: str, who: Actor, *, now: datetime = NOW) -> Sequence[case_ties.GivenItem]:
    with stage.database.transaction() as session:
        return case_ties.items_given(session, who, case_id, purpose="办理", now=now)


def test_the_source_tells_its_items_with_state_owner_and_due_day(stage: Stage) -> None:
    source = given(stage, dept="GAJ")
    duty, police = person("mzj_duty", "MZJ"), person("gaj_handler", "GAJ")
    [before] = given_items(stage, source, duty)
    assert (before.state, before.owner, before.instance_id) == ("待交办", "", None)
    assert opened(stage) == 1
    [waits] = given_items(stage, source, duty)
    assert (waits.kind, waits.text, waits.office) == ("追责", "依法追究责任", "县公安局")
    assert (waits.state, waits.owner, waits.due_on) == ("办理中", role_name("gaj_handler"), date(2026, 3, 24))
    [late] = given_items(stage, source, duty, now=NOW + timedelta(days=15))
    assert (late.state, late.is_over) == ("逾期", False)
    with stage.database.transaction() as session:
        task_id = session.scalar(select(user_task.c.id).where(user_task.c.element_id == "i_ut_item"))
        claim_task(session, task_id, actor=police, now=NOW)
    [held] = given_items(stage, source, duty)
    assert held.owner == police.name
    with stage.database.transaction() as session:
        fields = {"action_result": "部分落实", "done_on": "2026-03-10", "action_note": "已立案。"}
        complete_task(session, stage.env, task_id, fields=fields, actor=police, now=NOW, idempotency_key="done")
    [over] = given_items(stage, source, duty, now=NOW + timedelta(days=15))
    assert (over.state, over.owner, over.is_over) == ("部分落实", "", True)


def test_the_items_are_told_to_officers_who_see_the_file_and_led_to_by_who_sees_the_item(stage: Stage) -> None:
    source = given(stage, dept="GAJ", of="application")
    with stage.database.transaction() as session:
        case_files.change(session, source, owner_id="guardian")
    assert opened(stage) == 1
    applicant = Actor(id="guardian", name="王", grants=(Grant(role="applicant", place=VILLAGE),))
    for who in (applicant, person("convener"), person("wjj_handler", "WJJ")):
        assert given_items(stage, source, who) == ()
    [known] = given_items(stage, source, person("town_officer"))
    assert known.instance_id is None
    [led] = given_items(stage, source, person("mzj_leader", "MZJ"))
    assert led.instance_id is not None


def test_many_items_cost_as_many_queries_as_one(stage: Stage) -> None:
    source = given(stage, dept="GAJ", of="application")
    counts = []
    for more in (0, 20):
        with stage.database.transaction() as session:
            for _ in range(more):
                meetings.add_item(
                    session, source, kind="会议", item_text="办理", dept="JKT", due_on=NOW.date(), now=NOW
                )
        opened(stage)
        with stage.database.count_round_trips() as traffic, stage.database.transaction() as session:
            found = case_ties.items_given(session, person("mzj_leader", "MZJ"), source, purpose="办理", now=NOW)
        assert len(found) == more + 1
        counts.append(traffic.statements)
    assert counts[0] == counts[1], counts


def test_the_words_of_the_form(stage: Stage) -> None:
    """The item's own words and a code: whatever else the form shows comes from nobody's file."""
    form = json.loads((PROCESSES / "item" / "forms" / "i_ut_item.form").read_text(encoding="utf-8"))
    case_id = given(stage, dept="GAJ")
    assert opened(stage) == 1
    with stage.database.reading() as session:
        own = session.scalar(select(instance.c.case_id).where(instance.c.process_key == "item"))
        facts = stage.env.domain.facts(session, own, NOW)
    words = "".join(each.get("text", "") for each in form["components"])
    assert all(name in words for name in ("item_kind", "item_text", "item_measure", "item_source"))
    assert facts["item_text"] == "依法追究责任"
    assert facts["item_source"] == case_id[-8:].upper() and facts["child_id"] is None
