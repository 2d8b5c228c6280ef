"""M1: whoever has an open task of a report sees what the task needs, nobody else does; who reported is not among it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.report_facts import DANGERS
from cases.reports import SITUATION_WORDS
from cases.story import Step, Story, read_story
from engine.access import Actor, Grant
from engine.definitions.forms import parse_form
from engine.store.user_task import OPEN, user_task
from tests.browser.county import County
from tests.web.test_tasks import county as county
from tests.web.test_tasks import enter

PROCESS = Path(__file__).parents[2] / "processes" / "report"
#: Who reported is kept secret (未保法11).
REPORTER = ("许老师", "中心幼儿园", "13800138000")
WHERE, CHILD, SEEN = "青山村3组家中", "张小宝,男,约5岁", "手臂烫伤"
MISSING, FOUND = SITUATION_WORDS["S7"], "到场;儿童"

#: Step by step what its form tells.
NEEDED: dict[str, tuple[str, ...]] = {
    "h_ut_triage": (WHERE, CHILD, SEEN),
    "h_ut_town_check": (WHERE, CHILD, "遭受意外伤害", SEEN),
    "h_ut_dispatch": (WHERE, CHILD, SEEN),
    "h_ut_search": (WHERE, CHILD, MISSING, SEEN, FOUND),
    "h_ut_hospital": (WHERE, CHILD, SEEN, FOUND),
    "h_ut_order_return": (WHERE, CHILD, FOUND),
    "h_ut_returned": (WHERE, CHILD, "邻居 王婶,电话 13812345678"),
    "h_ut_handover": (WHERE, CHILD, FOUND, "刘姨(姨母),电话 13912345678", "想和姨妈住"),
    "h_ut_papers": (WHERE, CHILD),
    "h_ut_police_notice": (WHERE, CHILD, FOUND),
    "h_ut_feedback": ("BG519927-202",),
    "h_ut_false_notice": ("BG519927-202",),
}

REPORT: dict[str, Any] = {
    "found_at": "2026-03-02T08:30:00+08:00",
    "division": "519927101001",
    "place": WHERE,
    "child_name": "张小宝",
    "approx_age": 5,
    "sex": "男",
    "injuries": SEEN,
    "mandatory": True,
    "reported_to_police": True,
    "reporter_name": "许老师",
    "reporter_unit": "青川镇中心幼儿园",
    "reporter_phone": "13800138000",
}
RELATIVE = {"relative_name": "刘姨", "relation": "姨母", "relative_phone": "13912345678"}
#: What the police found, over what the story's step says.
ON_THE_SPOT = {"child_wish": "想和姨妈住", "relative_ok": True, "relative": [RELATIVE]}

#: Tells what the protection found instead: cases/test_protection_words.py.
LATER = "h_ut_take_over"

#: Story, the situation that is reported, and the tasks that are looked at on its way.
ROADS = (
    ("general_report_stays_home", "遭受意外伤害", {"h_ut_triage", "h_ut_town_check", "h_ut_feedback"}),
    ("missing_child_found_dead", "S7", {"h_ut_dispatch", "h_ut_search", "h_ut_police_notice"}),
    ("order_return_missed", "S6", {"h_ut_order_return", "h_ut_returned", "h_ut_handover", "h_ut_papers"}),
    ("ac11_night_report", "S4", {"h_ut_hospital"}),
    ("false_report", "S4", {"h_ut_false_notice"}),
)


def open_tasks(county: County) -> dict[str, Any]:
    query = sa.select(user_task).where(user_task.c.status == OPEN, user_task.c.element_id.in_(NEEDED))
    with county.edge.database.reading() as session:
        return {row.element_id: row for row in session.execute(query)}


def told(county: County, story: Story, situation: str) -> Iterator[Step]:
    """The story of the report alone, step by step, with the child and the place of this test."""
    started = False
    for step in story.steps:
        if step.at and step.at > county.now():
            county.set_clock(step.at)
        is_report = step.do == "start" and (step.process or story.process) == "report"
        if is_report and step.actor:
            county.begin(REPORT | {"situations": [situation]} | _when(step), step.actor, "report", "report")
            started = True
        elif started and step.actor and step.do == "complete" and not step.refused:
            row = open_tasks(county).get(step.task or "")
            if row is None:
                continue  # of the application that runs beside it
            extra = ON_THE_SPOT if step.task == "h_ut_dispatch" else {}
            county.complete(row.id, {**step.fields, **extra}, step.actor, f"told-{step.number}")
        county.settle()
        if started:
            yield step


def _when(step: Step) -> dict[str, Any]:
    return {"found_at": step.fields["found_at"]}


def data_of(page: str) -> dict[str, Any]:
    """What the page hands to the form."""
    found = re.search(r'id="task-form-data">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(html.unescape(found[1])))


@pytest.mark.parametrize(("name", "situation", "tasks"), ROADS, ids=[road[0] for road in ROADS])
def test_the_assignee_sees_what_the_task_needs_and_nobody_else(
    county: County, name: str, situation: str, tasks: set[str]
) -> None:
    story = read_story(PROCESS / "scenarios" / f"{name}.toml")
    county.set_clock(story.clock)
    people = {step.actor.id: step.actor for step in story.steps if step.actor}
    stranger = Actor(id="stranger", name="周平", grants=(Grant(role="town_officer", place="519927102"),))
    county.people([*people.values(), stranger])
    seen: set[str] = set()
    for _ in told(county, story, situation):
        for element, row in open_tasks(county).items():
            if element not in tasks - seen:
                continue
            holder = next(one for one in people.values() if any(each.role == row.role for each in one.grants))
            page = enter(county, holder.id).get(f"/tasks/{row.id}").get_data(as_text=True)
            shown = json.dumps(data_of(page)["data"], ensure_ascii=False)
            assert [words for words in NEEDED[element] if words not in shown] == [], element
            assert not [words for words in REPORTER if words in shown], element
            if row.role == "town_officer":
                assert not [words for words in REPORTER if words in page]
            refused = enter(county, stranger.id).get(f"/tasks/{row.id}")
            assert refused.status_code in (403, 404) and WHERE not in refused.get_data(as_text=True)
            seen.add(element)
        if seen == tasks:
            return
    assert seen == tasks


def test_every_task_of_the_process_is_looked_at() -> None:
    user_forms = {path.stem for path in (PROCESS / "forms").glob("*.form")} - {"h_ut_report", LATER}
    assert user_forms == set(NEEDED) == set().union(*(road[2] for road in ROADS))


def test_situations_and_dangers_are_called_as_the_reports_form_calls_them() -> None:
    form = parse_form((PROCESS / "forms" / "h_ut_report.form").read_bytes(), "h_ut_report")
    fields = {field.key: field for field in form.fields}
    listed = {each["value"]: each["label"] for each in fields["situations"].spec["values"]}
    assert {value: SITUATION_WORDS.get(value, value) for value in listed} == listed
    assert {name: fields[name].label for name in DANGERS} == dict(DANGERS)
