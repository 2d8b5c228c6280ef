"""Whoever has a task of a protection case reads what the task needs, as its page asks for it, and nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases import protection_words, reports, story_deeds
from cases.expectation import open_tasks
from cases.jurisdictions import COUNTY_DIGITS
from cases.roles import ROLE
from cases.stage import Stage, build
from cases.story import Story, read_story
from engine.access import Actor, Grant
from engine.errors import NotAllowed, NotFound
from engine.queries.task_facts import task_facts
from engine.settings import Settings
from engine.store import Database, migrate
from engine.store.instance import instance
from tests.cases.conftest import PROCESSES
from tests.opened_cases import opened_case
from web.taskforms import names_in

OURS = ("assessment", "guardianship", "intervention", "custody", "restoration")
#: Stories that pass together through every task that says something of its case.
TOLD = (
    "custody/ac12_aunt_takes_care",
    "custody/another_guardian_by_designation",
    "custody/court_refuses_then_procuratorate_writes",
    "custody/guardian_does_not_collect",
    "custody/long_term_care",
    "custody/protection_order_asked_for_again",
    "report/danger_at_home",
    "report/general_report_stays_home",
    "report/order_return_missed",
    "restoration/early_and_barred",
)
#: General staff, each with every right of its own place or of another.
STRANGERS = ("mzj_handler", "town_officer", "village_officer", "wjj_handler")
REPORTER = "许老师"


def forms() -> Mapping[str, frozenset[str]]:
    """Every form of the processes here, with the names that it tells."""
    paths = [path for process in OURS for path in (PROCESSES / process / "forms").glob("*.form")]
    paths.append(PROCESSES / "report" / "forms" / "h_ut_take_over.form")  # the report's other forms tell the report
    asked = {path.stem: names_in(json.loads(path.read_text(encoding="utf-8"))) for path in paths}
    return {form: frozenset(name for name in names if name.startswith("told_")) for form, names in asked.items()}


SHOWN = forms()
#: Start forms: there is no case yet of which they could tell.
OPENS = {"h5_ut_ask", "h4_ut_request"}


def story(name: str) -> Story:
    process, _, told = name.partition("/")
    return read_story(PROCESSES / process / "scenarios" / f"{told}.toml")


def stranger(role: str) -> Actor:
    place = {"village": "519927102001", "town": "519927102"}.get(ROLE[role].level, "519927")
    return Actor(id=role, name="外人", grants=(Grant(role=role, place=place, department=ROLE[role].department),))


def read(stage: Stage, task_id: str, form: str, actor: Actor) -> Mapping[str, Any]:
    with stage.database.transaction() as session:
        now = stage.clock.now()
        return task_facts(session, stage.env, task_id, names=SHOWN[form], actor=actor, now=now)


def assert_told(stage: Stage, task: Any) -> None:
    """Who may do the task reads all that its form asks for; nobody reads who reported; general staff reads nothing."""
    grant = Grant(role=task.role, place=task.place or "519927", department=task.department)
    found = read(stage, task.id, task.element_id, Actor(id="assignee", name="经办人", grants=(grant,)))
    assert found.keys() == SHOWN[task.element_id]
    assert all(found.values()) and found.get("told_child", "张小").startswith("张小")
    assert REPORTER not in str(found)
    for other in map(stranger, STRANGERS):
        if task.role != other.id or len(other.grants[0].place) > COUNTY_DIGITS:
            with pytest.raises((NotAllowed, NotFound)):
                read(stage, task.id, task.element_id, other)


def test_every_form_says_what_its_task_needs() -> None:
    assert {form for form, told in SHOWN.items() if not told} == OPENS  # the case
    assert frozenset().union(*SHOWN.values()) == protection_words.WORDS.keys()
    passed = {named for name in TOLD for step in story(name).steps for named in (step.task, *_expected(step.expect))}
    assert SHOWN.keys() - OPENS - {"h4_ut_handback"} <= passed  # handed back: the story of AC-11


def _expected(expect: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (str(each["task"]) for each in expect if "task" in each)


@pytest.mark.parametrize("name", TOLD)
def test_the_assignee_reads_what_the_task_needs_and_a_stranger_nothing(name: str, tmp_path: Path) -> None:
    told = story(name)
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=f"sqlite:///{tmp_path / 'story.sqlite3'}")
    stage, instance_id = prepared(settings, told), ""
    looked: set[str] = set()
    for step in told.steps:
        if step.at is not None:
            stage.move_to(step.at)
        with stage.database.reading() as session:
            waiting = open_tasks(session, instance_id)
        for task in waiting:
            if task.element_id in SHOWN and task.id not in looked:
                looked.add(task.id)
                assert_told(stage, task)
        if step.do == "start" and not step.refused:
            instance_id = story_deeds.begin(stage, step, told.process, key="start").instance_id
        elif step.do == "complete" and step.actor and not step.refused:
            [task] = [
                row for row in waiting if row.element_id == step.task and step.department in (None, row.department)
            ]
            with stage.database.transaction() as session:
                story_deeds.finish(stage, session, step, task.id, key=f"{step.number}")
            if task.element_id in SHOWN:
                assert read(stage, task.id, task.element_id, step.actor) == {}
        elif step.do == "message":
            with stage.database.reading() as session:
                case_id = session.scalar(select(instance.c.case_id).where(instance.c.id == instance_id))
            story_deeds.tell(stage, step, case_id)
        stage.run_due()
    stage.database.dispose()


def prepared(settings: Settings, told: Story) -> Stage:
    migrate(settings.database_url)
    stage = build(settings, at=told.clock)
    stage.prepare([PROCESSES / told.process])
    return stage


def test_the_situations_have_the_words_of_the_form() -> None:
    schema = json.loads((PROCESSES / "report" / "forms" / "h_ut_report.form").read_text(encoding="utf-8"))
    [field] = [each for each in schema["components"] if each.get("key") == "situations"]
    labels = {each["value"]: each["label"] for each in field["values"]}
    assert {value: reports.SITUATION_WORDS.get(value, value) for value in labels} == labels


def test_what_people_typed_is_told_without_markup(database: Database) -> None:
    """Whoever reports may be anybody: a form's text must not become a link or a picture."""
    now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    typed = "[看这里](https://example.org) <img>\n![x](y)"
    with database.transaction() as session:
        case_id = opened_case(session, "report", now=now)
        told = {"situations": [], "flags": {}, "mandatory": False, "reported_to_police": True, "reporter": {}}
        reports.file_report(
            session, case_id, report_no="BG-1", found_at=now, reported_at=now, location=typed, injuries=typed, **told
        )
        said = protection_words.words(session, case_id, ("told_injuries", "told_place"), now)
    assert said["told_injuries"] == "〔看这里〕(https://example.org) 〈img〉 !〔x〕(y)"
    assert not set("[]<>\n") & set(said["told_place"])
