"""协助申请: from the survey's list to the application's form, filled in with what the visit told."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.store.user_task import user_task
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_children import look
from tests.browser.test_looks import enter
from tests.browser.test_looks import sized as sized
from tests.cases.test_survey_visits import CHILD, HOUSEHOLD, MZJ, NOW, OFFICER, VILLAGE

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def visited(county: County) -> None:
    """The village's list is in: one child whose family asked for help."""
    county.set_clock(NOW)
    county.people([OFFICER, MZJ])
    plan = {"campaign_name": "2026年摸底", "year": 2026, "deadline": "2026-08-24", "scope_towns": ["519927101"]}
    asked = {**CHILD, "household_no": "001", "wish_apply": "需协助", "suspect_category": ["C5"], "clues": "父亲失业"}
    with county.edge.database.transaction() as session:
        env = county.edge.env
        start_process(session, env, "survey", fields=plan, actor=MZJ, now=NOW, idempotency_key="start-survey")
    county.settle()
    mine = (user_task.c.element_id == "a_ut_household") & (user_task.c.place == VILLAGE)
    with county.edge.database.transaction() as session:
        task = str(session.scalar(sa.select(user_task.c.id).where(mine)))
        sent = {"households": [{**HOUSEHOLD, "risk_found": False}], "children": [asked]}
        complete_task(session, env, task, fields=sent, actor=OFFICER, now=county.now(), idempotency_key="visited-1")
    county.settle()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_form_is_filled_in_from_the_visit(
    sized: Page, county: County, visited: None, camera: Camera, language: str
) -> None:
    enter(sized, county, "li")
    if language == "en":
        sized.get_by_role("button", name="English").click()
    sized.goto(f"{county.address}/start")
    look(sized, camera, f"assistance-{language}")
    row = sized.get_by_role("row").filter(has_text="王某某")
    expect(row).to_contain_text("王某")
    expect(sized.locator("body")).not_to_contain_text("王小川")
    sized.get_by_role("link", name=re.compile("协助申请|Help to apply")).click()
    expect(sized.get_by_label("儿童姓名")).to_have_value("王小川")
    expect(sized.get_by_label("现住址")).to_have_value("一组3号")
    expect(sized.get_by_label("申请理由")).to_have_value("父亲失业")
    expect(sized.get_by_label("无证原因")).to_have_value("补办中")
    expect(sized.get_by_label("出生日期")).to_have_value("2016-03-02")
    expect(sized.get_by_label("困难情形", exact=False).first).to_be_visible()
    look(sized, camera, f"assistance-form-{language}")
