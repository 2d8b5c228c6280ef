"""The care of a child whose name is masked, and a request for restoration, at a desk's and a phone's width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from cases.story import read_story
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from tests.browser.conftest import Camera
from tests.browser.county import PROCESSES, County
from tests.browser.test_looks import enter, filled, look
from tests.browser.test_looks import sized as sized
from tests.web.test_care_tasks import assessed as assessed
from tests.web.test_care_tasks import tasks_of
from tests.web.test_paper_pages import OWNER
from tests.web.test_tasks import county as county

EARLY = PROCESSES / "restoration" / "scenarios" / "early_and_barred.toml"


@pytest.mark.timeout(300)
def test_a_caring_body_s_task_fits_and_reads(sized: Page, assessed: County, camera: Camera) -> None:
    [row] = [each for each in tasks_of(assessed, "h_ut_care") if each.department == "TXW"]
    enter(sized, assessed, "txw")
    sized.goto(f"{assessed.address}/inbox")
    look(sized, camera, "care-inbox")
    sized.goto(f"{assessed.address}/tasks/{row.id}")
    filled(sized)
    expect(sized.locator("#task-form-fields")).to_contain_text("张某某")
    look(sized, camera, "care-task")


@pytest.mark.timeout(300)
def test_a_request_for_restoration_fits_and_reads(sized: Page, county: County, camera: Camera) -> None:
    story = read_story(EARLY)
    county.set_clock(story.clock)
    with county.edge.database.transaction() as session:
        deploy(session, county.edge.env, read_folder(PROCESSES / "restoration"), actor=OWNER, now=county.now())
    county.people({step.actor.id: step.actor for step in story.steps if step.actor}.values())
    enter(sized, county, "mzj")
    sized.goto(f"{county.address}/start/restoration")
    filled(sized)
    look(sized, camera, "restoration-request")
    step = next(each for each in story.steps if each.do == "start" and not each.refused)
    assert step.actor
    county.set_clock(step.at or county.now())
    county.begin(step.fields, step.actor, "asked", "restoration")
    county.settle()
    [row] = tasks_of(county, "h4_ut_wish")
    sized.goto(f"{county.address}/tasks/{row.id}")
    filled(sized)
    expect(sized.locator("#task-form-fields")).to_contain_text("早于这一期间(只作提示,照常办理)")
    look(sized, camera, "restoration-wish")
