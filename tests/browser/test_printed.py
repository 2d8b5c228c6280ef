"""The pages that an office prints: on A4, without menu and buttons, nothing cut off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.demo_county import DemoCounty
from tests.browser.demo_county import demo_county as demo_county
from tests.browser.page_checks import drawn

#: What a sheet of paper has no use for.
_USELESS = """() => [...document.querySelectorAll(
    '.topbar, .rail, .bottom-bar, .skip, .breadcrumb, button, .btn, input, select')]
  .filter((each) => each.checkVisibility() && each.getClientRects().length > 0)
  .map((each) => each.outerHTML.slice(0, 90))"""
#: A4 less its margins, in CSS pixels: upright, and lying.
_UPRIGHT, _LYING = 658, 1032
_BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")

SHEETS = {
    "inbox": ("qingchuan_officer", ("/inbox",), _UPRIGHT),
    "inbox list": ("qingchuan_officer", ("/inbox", "/inbox/print"), _UPRIGHT),
    "case": ("qingchuan_officer", ("/inbox", "/tasks/", "/cases/"), _UPRIGHT),
    "child": ("mzj_handler", ("/children?q=孙宇航", "/children/"), _UPRIGHT),
    "ledger": ("qingchuan_officer", ("/ledger",), _LYING),
    "statistics": ("mzj_leader", ("/statistics",), _LYING),
}


def opened(page: Page, county: DemoCounty, way: tuple[str, ...]) -> None:
    """Go there by links."""
    page.goto(county.address + way[0])
    for begins in way[1:]:
        page.goto(county.address + str(page.locator(f"main a[href^='{begins}']").first.get_attribute("href")))
    drawn(page)


@pytest.mark.timeout(240)
def test_what_an_office_prints(demo_county: DemoCounty, chromium: Browser) -> None:
    for name, (person, way, width) in SHEETS.items():
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        demo_county.enter(page, person)
        opened(page, demo_county, way)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(_USELESS) == [], name
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the sheet"
        printed = page.pdf(prefer_css_page_size=True)
        boxes = {tuple(round(float(one)) for one in box) for box in _BOX.findall(printed)}
        assert boxes == {(595, 842) if width == _UPRIGHT else (842, 595)}, name
        context.close()
