"""Pages of meetings and items at both widths: each says what it is about; axe finds nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cases import agenda, meetings
from cases.story import Story, read_story
from engine.access import Actor, Grant
from engine.store.user_task import user_task
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_looks import enter, filled, look, sized
from tests.opened_cases import opened_case

__all__ = ["sized"]

TOLD: Story = read_story(Path(__file__).parents[2] / "processes" / "council" / "scenarios" / "town_council.toml")
DUTY = Actor(id="duty", name="何静", unit="县民政局值班室", grants=(Grant(role="mzj_duty", place="519927"),))


def tell(county: County, until: str) -> str:
    """The meeting of a township, until this step waits."""
    county.set_clock(TOLD.clock)
    county.people({step.actor.id: step.actor for step in TOLD.steps if step.actor}.values())
    for step in TOLD.steps:
        found = county.open_task(until)
        if found:
            return found
        assert step.at and step.actor
        county.set_clock(max(step.at, county.now()))
        if step.do == "start" and not step.refused:
            county.begin(step.fields, step.actor, f"told-start-{step.number}", process="council")
        elif not step.refused:
            county.do(step, step.actor)
        county.settle()
    raise AssertionError(f"{until} was never open")


def given(county: County) -> str:
    """An item of a protection case, opened by the day; its task."""
    now = county.now()
    county.people([DUTY])
    with county.edge.database.transaction() as session:
        case_id = opened_case(session, "custody", now=now)
        text = "临时监护将于60日后届满,请准备监护结论"
        meetings.add_item(
            session, case_id, kind="到期预警", item_text=text, dept="MZJ", due_on=date(2026, 3, 24), now=now
        )
        [occasion] = agenda.given_out(session, county.edge.env, now)
        assert agenda.open_one(session, county.edge.env, occasion, now, agenda.AGENDA)
        return str(session.scalar(select(user_task.c.id).where(user_task.c.element_id == "i_ut_item")))


@pytest.mark.timeout(300)
def test_whoever_signs_or_carries_out_reads_what(sized: Page, county: County, camera: Camera) -> None:
    signing = tell(county, "i_ut_sign")
    enter(sized, county, "convener")
    sized.goto(f"{county.address}/tasks/{signing}")
    filled(sized)
    form = sized.locator("#task-form-fields")
    for part in ("乡镇议事", "控辍保学", "由教科体局督促学校劝返。", "劝返两名学生"):
        expect(form).to_contain_text(part)
    look(sized, camera, "meeting-sign")
    county.tell_one(TOLD, "i_ut_sign")
    item = county.open_task("i_ut_action")
    sized.context.clear_cookies()
    enter(sized, county, "jkt")
    sized.goto(f"{county.address}/tasks/{item}")
    filled(sized)
    expect(sized.locator("#task-form-fields")).to_contain_text("劝返两名学生")
    look(sized, camera, "meeting-action")


@pytest.mark.timeout(300)
def test_an_item_says_what_is_to_be_done(sized: Page, county: County, camera: Camera) -> None:
    county.set_clock(TOLD.clock)
    item = given(county)
    enter(sized, county, "duty")
    sized.goto(f"{county.address}/tasks/{item}")
    filled(sized)
    for part in ("到期预警", "临时监护将于60日后届满,请准备监护结论", "来自办件"):
        expect(sized.locator("#task-form-fields")).to_contain_text(part)
    look(sized, camera, "item")
