"""A process owner takes a process home, changes it and brings it back: new cases follow it, old ones stay on theirs."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cases.idcard import check_digit
from cases.story import Story, read_story
from engine.access import Actor
from engine.queries.instances import instances
from tests.browser.county import PROCESSES, County
from tests.browser.test_looks import drawn, enter

STORY = PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml"
BROKEN = Path(__file__).parents[1] / "data" / "definitions" / "invalid" / "deadlock" / "demo"
OLD, NEW = 'name="形式审查"', 'name="形式审查(新)"'


def changed(source: Path, target: Path) -> Path:
    """The downloaded zip with one label of its diagram changed."""
    with zipfile.ZipFile(source) as came, zipfile.ZipFile(target, "w") as goes:
        for name in came.namelist():
            content = came.read(name)
            if name.endswith("application.bpmn"):
                text = content.decode("utf-8")
                assert OLD in text
                content = text.replace(OLD, NEW, 1).encode("utf-8")
            goes.writestr(name, content)
    return target


def begin_another(county: County, story: Story) -> None:
    """The same guardian applies for a second child."""
    step = next(each for each in story.steps if each.do == "start")
    other = {"child_name": "张小红", "child_idcard": "51992720160312002" + check_digit("51992720160312002")}
    again = replace(step, number=step.number + 1000, fields={**step.fields, **other})
    assert step.actor
    county.do(again, step.actor)
    county.settle()


def versions(county: County) -> list[str]:
    """The versions on which the cases run, the oldest case first."""
    with county.edge.database.reading() as session:
        return [
            row.version_id for row in reversed(instances(session, actor=Actor.system("test"), key="application").rows)
        ]


@pytest.mark.timeout(300)
def test_a_changed_label_goes_round_and_touches_new_cases_only(page: Page, county: County, tmp_path: Path):
    story = read_story(STORY)
    county.tell(story, "b_ut_formal_check")
    enter(page, county, "owner")
    page.goto(f"{county.address}/processes/application")
    with page.expect_download() as got:
        page.locator(".page-head").get_by_role("link", name="下载").click()
    home = tmp_path / "home.zip"
    got.value.save_as(home)
    page.goto(f"{county.address}/processes/upload")
    page.locator("#files").set_input_files(changed(home, tmp_path / "changed.zip"))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("检查通过,可以发布")).to_be_visible()
    drawn(page)
    expect(page.locator(".pill-late")).to_have_count(0)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布第 2 版")).to_be_visible()
    expect(page.locator("table")).to_contain_text("陈晨")
    expect(page.get_by_role("link", name="第 1 版", exact=True)).to_be_visible()
    begin_another(county, story)
    first, second = versions(county)
    assert first != second
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox")
    expect(page.get_by_role("link", name="形式审查", exact=True)).to_have_count(1)
    expect(page.get_by_role("link", name="形式审查(新)", exact=True)).to_have_count(1)


def test_a_deadlock_is_shown_with_the_way_that_leads_to_it(page: Page, county: County):
    enter(page, county, "owner")
    page.goto(f"{county.address}/processes/upload")
    page.locator("#files").set_input_files([str(path) for path in sorted(BROKEN.rglob("*")) if path.is_file()])
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("现在不能发布")).to_be_visible()
    expect(page.locator(".failing-path").first).to_contain_text("→")
    expect(page.get_by_role("button", name="发布")).to_have_count(0)
    drawn(page)
