"""A clerk and a guardian without a mouse: log in, claim, fill in, complete, report, apply, by keys alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.story import read_story
from tests.browser.county import County
from tests.browser.forms import _BYTES, _keyed
from tests.browser.test_looks import STORY, filled

#: More stops than any page has.
MOST_STOPS = 250
_ACTIVE = """() => { const each = document.activeElement;
  return { id: each.id, type: each.type ?? each.tagName, href: each.getAttribute('href') ?? '',
           name: each.getAttribute('name') ?? '', value: each.value ?? '',
           sends: each.matches('.action-bar .btn-primary, .report-send button') }; }"""


def tab_to(page: Page, **wanted: Any) -> None:
    """Press Tab until what has the focus is like this."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        active = page.evaluate(_ACTIVE)
        if all(active[name] == value for name, value in wanted.items()):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def follow(page: Page, address: str) -> None:
    """Press Tab until the link has the focus, and Enter."""
    tab_to(page, href=address)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(address), wait_until="load")


def enter_by_keys(page: Page, county: County, person: str) -> None:
    page.goto(f"{county.address}/login")
    tab_to(page, name="person", value=person)
    page.keyboard.press("Enter")
    expect(page.locator("form[action='/logout']")).to_be_visible()


def fill_by_keys(page: Page, values: Mapping[str, Any]) -> None:
    """Go through the form by Tab, give each field its answer, and stop at the button that sends it."""
    filled(page)
    schema = page.evaluate("JSON.parse(document.querySelector('#task-form-data').textContent).schema")
    fields = {str(field["id"]): (key, field) for key, field in _keyed(schema) if key in values}
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        active = page.evaluate(_ACTIVE)
        if active["sends"]:
            return
        found = next((each for each in fields if re.search(rf"-{each}(-\d+)?$", active["id"])), None)
        if found is not None:
            key, field = fields[found]
            answer(page, field, values[key], active["id"])
    raise AssertionError("Tab does not lead to the button that sends the form")


def answer(page: Page, field: Mapping[str, Any], value: Any, active_id: str) -> None:
    """Answer the field that has the focus."""
    kind = field["type"]
    if kind in ("textfield", "textarea", "number"):
        page.keyboard.type(str(value))
    elif kind == "select":
        for _ in range(60):
            if page.evaluate("document.activeElement.value") == str(value):
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"{field['key']}: no {value} by the arrow keys")
    elif kind == "radio":
        options = [option["value"] for option in field["values"]]
        page.keyboard.press("Space")
        for _ in range(options.index(value) - int(active_id.rsplit("-", 1)[1])):
            page.keyboard.press("ArrowDown")
    elif kind == "checklist":
        if field["values"][int(active_id.rsplit("-", 1)[1])]["value"] in value:
            page.keyboard.press("Space")
    elif kind == "checkbox" and value:
        page.keyboard.press("Space")
    elif kind == "filepicker":
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        media_type, content = _BYTES["pdf"]
        chooser.value.set_files({"name": "paper.pdf", "mimeType": media_type, "buffer": content})
        expect(page.get_by_role("link", name="paper.pdf").first).to_be_visible()


@pytest.fixture
def seat(chromium: Browser, county: County):
    """A window in which a row of the inbox opens as a page of its own."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1100, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.timeout(240)
def test_a_clerk_claims_and_completes_a_task_and_reports_a_child_in_danger(seat: Page, county: County) -> None:
    task = county.tell(read_story(STORY), "b_ut_formal_check")
    enter_by_keys(seat, county, "officer")
    expect(seat.locator("[data-rows] tbody tr")).to_have_count(1)
    seat.keyboard.press("j")
    seat.keyboard.press("c")
    expect(seat.locator(".flash, [role=status]").filter(has_text="领取").first).to_be_visible()
    follow(seat, f"/tasks/{task}")
    fill_by_keys(seat, {"result": "齐全", "originals_seen": ["M01", "M25"]})
    seat.keyboard.press("Enter")
    expect(seat.locator(".flash").first).to_contain_text("已提交")
    assert county.open_task("b_ut_formal_check") is None

    follow(seat, "/start")
    follow(seat, "/report")
    tab_to(seat, name="situations", value="S4")
    seat.keyboard.press("Space")
    tab_to(seat, name="division")
    seat.keyboard.press("ArrowDown")
    tab_to(seat, name="place")
    seat.keyboard.type("村小学门口")
    tab_to(seat, sends=True)
    seat.keyboard.press("Enter")
    seat.wait_for_url("**/report/**")
    expect(seat.locator("main")).to_contain_text("BG519927")


@pytest.mark.timeout(240)
def test_a_guardian_applies(seat: Page, county: County) -> None:
    story = read_story(STORY)
    first = story.steps[0]
    assert first.actor is not None
    county.set_clock(story.clock)
    county.people([first.actor])
    enter_by_keys(seat, county, first.actor.id)
    follow(seat, "/start/application?way=own")
    fill_by_keys(seat, first.fields)
    seat.keyboard.press("Enter")
    expect(seat.locator(".flash").first).to_contain_text("已提交")
    county.settle()
    assert county.open_task("b_ut_formal_check") is not None
