"""6.1, M14: whoever only cares for, or only visits, the child of a protection case has the task and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.story import read_story
from engine.store.user_task import OPEN, user_task
from tests.browser.county import County
from tests.web.test_report_tasks import CHILD, REPORT, SEEN, WHERE, data_of
from tests.web.test_tasks import county as county
from tests.web.test_tasks import enter

STORY = Path(__file__).parents[2] / "processes" / "report" / "scenarios" / "general_report_stays_home.toml"
NAME = CHILD.split(",")[0]
#: What the report tells, and nobody who only cares may read anywhere.
OF_THE_REPORT = (NAME, WHERE, SEEN, "遭受意外伤害", "照看疏忽", "不愿意回家", "许老师", "强制报告")


def tasks_of(county: County, element: str) -> list[Any]:
    query = sa.select(user_task).where(user_task.c.status == OPEN, user_task.c.element_id == element)
    with county.edge.database.reading() as session:
        return list(session.execute(query))


@pytest.fixture
def assessed(county: County) -> County:
    """Up to the day on which care, visits and education are open."""
    story = read_story(STORY)
    county.set_clock(story.clock)
    county.people({step.actor.id: step.actor for step in story.steps if step.actor}.values())
    for step in story.steps:
        if step.at:
            county.set_clock(step.at)
        if step.do == "start" and step.actor:
            found_at = step.fields["found_at"]
            county.begin(REPORT | {"situations": ["遭受意外伤害"], "found_at": found_at}, step.actor, "r", "report")
        elif step.do == "complete" and step.actor:
            [row] = tasks_of(county, step.task or "")
            county.complete(row.id, step.fields, step.actor, f"told-{step.number}")
        county.settle()
        if step.task == "h_ut_assess":
            return county
    raise AssertionError("nobody assessed")


@pytest.mark.parametrize("who", ["fl", "txw", "ggw"])
def test_a_caring_body_reads_a_masked_name_the_village_the_need_and_whom_to_ask(assessed: County, who: str) -> None:
    [row] = [each for each in tasks_of(assessed, "h_ut_care") if each.department == who.upper()]
    visitor = enter(assessed, who)
    page = visitor.get(f"/tasks/{row.id}").get_data(as_text=True)
    told = data_of(page)["data"]
    assert told["told_masked_child"] == "张某某" and told["told_village"].endswith("青山村")
    assert told["told_care_needs"] == "日常陪伴、学业辅导" and told["told_contact"].startswith("赵敏")
    for shown in (page, visitor.get("/").get_data(as_text=True), visitor.get("/inbox").get_data(as_text=True)):
        of_the_case = re.sub(r"<select.*?</select>", "", shown, flags=re.DOTALL)  # the filters list all processes
        assert [words for words in OF_THE_REPORT if words in of_the_case] == []


@pytest.mark.parametrize(("who", "element"), [("txw", "h_ut_care"), ("village", "h_ut_visit")])
def test_the_task_opens_neither_the_case_nor_its_papers(assessed: County, who: str, element: str) -> None:
    row = tasks_of(assessed, element)[0]
    visitor = enter(assessed, who)
    assert visitor.get(f"/cases/{row.instance_id}").status_code == 404
    assert not re.search(r'href="/(cases|children|papers)/', visitor.get(f"/tasks/{row.id}").get_data(as_text=True))
