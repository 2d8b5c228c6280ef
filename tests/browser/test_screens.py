"""The twelve main pages: each is reached as a person reaches it; `make screens` takes their pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Camera
from tests.browser.demo_county import DemoCounty
from tests.browser.demo_county import demo_county as demo_county
from tests.browser.page_checks import drawn, look_at
from tests.browser.screens import TWELVE

FOLDER = Path(__file__).parents[2] / "docs" / "screens"


@pytest.mark.timeout(240)
def test_each_main_page_is_reached_by_who_works_there(
    demo_county: DemoCounty, chromium: Browser, camera: Camera
) -> None:
    for screen in TWELVE:
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=screen.view)
        page = context.new_page()
        if screen.person:
            demo_county.enter(page, screen.person)
        assert (answer := page.goto(demo_county.address + screen.address)) and answer.ok, screen.picture
        for begins in screen.links:
            link = page.locator(f"main a[href^='{begins}']").first
            answer = page.goto(demo_county.address + str(link.get_attribute("href")))
            assert answer and answer.ok, screen.picture
        drawn(page)
        expect(page.locator("h1")).to_be_visible()
        assert look_at(page) == [], screen.picture
        camera.take(page, screen.name)
        context.close()


def test_the_folder_holds_the_twelve_and_its_index_tells_of_each() -> None:
    names = {f"{screen.picture}.png" for screen in TWELVE}
    assert len(names) == 12
    assert {path.name for path in FOLDER.glob("*.png")} == names, "take them anew: make screens"
    assert set(re.findall(r"\(([\w-]+\.png)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))) == names
