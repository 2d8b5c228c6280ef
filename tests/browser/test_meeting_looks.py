"""Pages of meetings and items at both widths: each says what it is about; axe finds nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cases import agenda, meetings
from cases.agenda import AGENDA
from cases.covered_children import enter_world
from cases.story import Story, read_story
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.store.user_task import user_task
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_looks import enter, filled, look, sized
from tests.opened_cases import opened_case

__all__ = ["sized"]

TOLD: Story = read_story(Path(__file__).parents[2] / "processes" / "council" / "scenarios" / "town_council.toml")
DUTY = Actor(id="duty", name="何静", unit="县民政局值班室", grants=(Grant(role="mzj_duty", place="519927"),))
CHILD = {
    "name": "罗小溪",
    "idcard": "519927201011110060",
    "village": "519927101001",
    "categories": ["C2"],
    "enrolled_on": date(2025, 3, 5),
    "guardian": "罗姨",
    "scheme": "DEFACTO",
    "amount": 720,
}
EXIT = {"archive_no": "519927-2026-00001", "cause": "退出情形核查", "ground": "5", "source": "乡镇核查"}


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


@pytest.mark.timeout(300)
def test_a_case_lists_the_items_that_came_of_it(sized: Page, county: County, camera: Camera) -> None:
    """With state, owner and day; who sees the item's own case is led there and back."""
    county.set_clock(datetime(2026, 3, 10, 9, 0, tzinfo=COUNTY_ZONE))
    boss = Actor(id="boss", name="杨帆", unit="县民政局", grants=(Grant(role="mzj_leader", place="519927"),))
    county.people([boss])
    now = county.now()
    with county.edge.database.transaction() as session:
        enter_world(session, children=[CHILD], standards=[], now=now)
    started = county.begin(EXIT, AGENDA, "exit", process="exit")
    county.settle()
    with county.edge.database.transaction() as session:
        for day, text in ((date(2026, 3, 24), "督促学校劝返复学"), (date(2026, 3, 5), "核对低保资格")):
            meetings.add_item(
                session, started.case_id or "", kind="复核", item_text=text, dept="JKT", due_on=day, now=now
            )
        for occasion in agenda.given_out(session, county.edge.env, now):
            agenda.open_one(session, county.edge.env, occasion, now, AGENDA)
    enter(sized, county, "boss")
    sized.goto(f"{county.address}/cases/{started.instance_id}")
    panel = sized.locator("section.panel", has=sized.get_by_role("heading", name="交办事项"))
    for part in ("督促学校劝返复学", "县教科体局经办人", "2026年3月24日", "办理中", "逾期"):
        expect(panel).to_contain_text(part)
    look(sized, camera, "case-items")
    panel.get_by_role("link").first.click()
    sized.get_by_role("link", name="交办此事的办件").click()
    expect(sized).to_have_url(f"{county.address}/cases/{started.instance_id}")
