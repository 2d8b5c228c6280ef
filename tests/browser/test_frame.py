"""The frame around every page: top bar, rail that folds, bottom bar of four on a phone, light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from cases.story import read_story
from engine.access import Actor, Grant
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_looks import STORY, enter, filled


@pytest.mark.timeout(120)
def test_the_rail_folds_to_its_icons_and_stays_folded(page, county):
    county.tell(read_story(STORY), "b_ut_visit")
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox")
    assert page.locator(".topbar").bounding_box()["height"] == 48
    rail = page.locator(".rail")
    assert rail.bounding_box()["width"] == 200
    page.get_by_role("button", name="收起菜单").click()
    assert rail.bounding_box()["width"] == 56
    page.goto(f"{county.address}/notices")
    assert rail.bounding_box()["width"] == 56
    assert page.get_by_role("link", name="待办").count() >= 1, "an icon keeps its name for those who do not see it"
    button = page.get_by_role("button", name="展开菜单")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert rail.bounding_box()["width"] == 200
    assert page.get_by_role("button", name="收起菜单").get_attribute("aria-expanded") == "true"


@pytest.mark.timeout(120)
def test_a_phone_has_four_places_at_its_foot_and_the_rest_behind_the_last(chromium, county):
    county.tell(read_story(STORY), "b_ut_visit")
    context = chromium.new_context(locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox")
    bar = page.locator(".bottom-bar")
    assert bar.locator("> ul > li").count() == 4
    assert page.locator(".rail").is_hidden()
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] == pytest.approx(PHONE["height"], abs=1)
    more = bar.locator("summary")
    assert "is-here" not in (more.get_attribute("class") or "")
    more.click()
    bar.get_by_role("link", name="演示时钟").click()
    expect(page.locator("h1")).to_have_text("演示时钟")
    assert "is-here" in (bar.locator("summary").get_attribute("class") or "")
    context.close()


@pytest.mark.timeout(120)
def test_only_what_the_person_may_open_stands_in_the_rail(page, county):
    county.people([Actor(id="auditor", name="丁实", unit="县审计局", grants=(Grant(role="auditor"),))])
    enter(page, county, "auditor")
    assert page.locator(".rail a .label").all_inner_texts() == ["审计日志", "演示时钟"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desk", "phone"])
def test_the_dark_design_is_as_readable_as_the_light_one(chromium: Browser, county, viewport):
    task = county.tell(read_story(STORY), "b_ut_visit")
    context = chromium.new_context(locale="zh-CN", viewport=viewport, color_scheme="dark")
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter(page, county, "officer")
    for address in ("/inbox", f"/tasks/{task}", "/start", "/notices", "/messages", "/demo/clock"):
        page.goto(county.address + address)
        if address.startswith("/tasks"):
            filled(page)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 27, 27)"
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}:\n{found.generate_report()}"
    context.close()
