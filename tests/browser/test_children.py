"""Children and their files, and a report in under a minute: at a desk's and a phone's width, in both languages."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cases.children import ChildStatus, child
from cases.demo_rows import fill_up
from cases.quarters import visit
from engine.access import Actor, Grant
from tests.browser.conftest import PHONE, Camera
from tests.browser.county import County
from tests.browser.test_looks import enter
from tests.browser.test_looks import look as look_whole
from tests.browser.test_looks import sized as sized

TOWN = "519927101"
OFFICER = Actor(id="officer", name="李强", unit="青川镇人民政府", grants=(Grant(role="town_officer", place=TOWN),))
VILLAGE = Actor(id="village", name="石秀", unit="青山村", grants=(Grant(role="village_officer", place=f"{TOWN}001"),))
HANZI = re.compile(r"[\u4e00-\u9fff]")
TABS = ("family", "money", "cases", "visits", "papers", "readings")


def look(page: Page, camera: Camera, name: str) -> None:
    """As for every page; in English on a phone the frame's own width is not this page's affair."""
    if name.endswith("-en") and page.viewport_size == PHONE:
        camera.take(page, name)
        wider = page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.querySelector('main'))")
        assert wider <= 0, f"{name} is {wider} px too wide"
        found = Axe().run(page, context="main")
        assert found.violations_count == 0, f"{name}:\n{found.generate_report()}"
    else:
        look_whole(page, camera, name)


def a_visited_child(county: County) -> str:
    fill_up(county.edge.database, children=60, seed=3)
    with county.edge.database.reading() as session:
        found = session.scalar(
            select(child.c.id).where(
                child.c.status == ChildStatus.PROTECTED,
                child.c.town_code == TOWN,
                child.c.id.in_(select(visit.c.child_id)),
            )
        )
    assert found
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_ledger_and_the_file(sized: Page, county: County, camera: Camera, language: str) -> None:
    child_id = a_visited_child(county)
    county.people([OFFICER])
    enter(sized, county, "officer")
    if language == "en":
        sized.get_by_role("button", name="English").click()
    sized.goto(f"{county.address}/children")
    look(sized, camera, f"children-{language}")
    sized.goto(f"{county.address}/children?q=zzz")
    look(sized, camera, f"children-none-{language}")
    for tab in TABS:
        sized.goto(f"{county.address}/children/{child_id}?tab={tab}")
        look(sized, camera, f"child-{tab}-{language}")
        expect(sized.locator(".tabs a[aria-current=page]")).to_have_count(1)
    sized.goto(f"{county.address}/children/{child_id}")
    assert sized.locator(".years svg .bar").count() >= 4
    sized.locator(".years ~ details summary").click()
    assert sized.locator(".years ~ details tbody tr").count() == sized.locator(".years svg .bar").count()
    names = sized.locator("main th[scope=col], main .tabs a").all_inner_texts()
    assert all(bool(HANZI.search(name)) == (language == "zh-CN") for name in names if name), names


@pytest.mark.timeout(120)
def test_the_ledger_is_walked_by_keys_and_narrowed(page: Page, county: County) -> None:
    fill_up(county.edge.database, children=400, seed=3)
    county.people([OFFICER])
    enter(page, county, "officer")
    page.goto(f"{county.address}/children")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/children/[0-9a-z]+$"))
    page.goto(f"{county.address}/children")
    page.locator("#status").select_option(ChildStatus.PROTECTED)
    page.get_by_role("button", name="查找").click()
    expect(page).to_have_url(re.compile("status="))
    expect(page.locator("main .pill").first).to_be_visible()
    assert set(page.locator("main .pill").all_inner_texts()) == {ChildStatus.PROTECTED}
    with county.edge.database.reading() as session:
        others = select(child.c.id).where(child.c.town_code == TOWN, child.c.status != ChildStatus.PROTECTED)
        assert session.scalar(others.limit(1)), "nobody to be left out"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_report_takes_less_than_a_minute_on_a_phone(
    page: Page, county: County, camera: Camera, language: str
) -> None:
    """Counted as a thumb works: each tap and each key, at two seconds a tap and half a second a key."""
    county.people([VILLAGE])
    page.set_viewport_size(PHONE)
    enter(page, county, "village")
    if language == "en":
        page.get_by_role("button", name="English").click()
    page.goto(f"{county.address}/start")
    look(page, camera, f"begin-{language}")
    began = time.monotonic()
    page.locator(".start-urgent a").click()
    look(page, camera, f"report-{language}")
    assert page.locator("form.report fieldset").count() == 5
    expect(page.locator("a[href='tel:110']")).to_be_visible()
    expect(page.locator("#division")).to_have_value(f"{TOWN}001")  # the own village is chosen already
    required = page.locator("form.report [required]").count()
    taps = ["input[value=S4]", "#place", "input[name=police][value=yes]", ".report-send button"]
    words = "村小学门口"
    page.locator(taps[0]).check()
    page.locator(taps[1]).click()
    page.keyboard.type(words)
    page.locator(taps[2]).check()
    page.locator(taps[3]).click()
    expect(page.locator(".receipt-number")).to_have_text(re.compile(r"BG519927-\d{4}-\d{4}"))
    took = time.monotonic() - began
    look(page, camera, f"report-receipt-{language}")
    by_hand = (1 + len(taps)) * 2 + len(words) * 4 * 0.5  # four keys of pinyin a character
    assert required == 2
    assert by_hand < 60, f"{by_hand} s by hand"
    assert took < 30, f"{took} s on this machine, with the looks at the page"


@pytest.mark.timeout(120)
def test_what_is_missing_is_named_beside_its_question(sized: Page, county: County, camera: Camera) -> None:
    county.people([VILLAGE])
    enter(sized, county, "village")
    sized.goto(f"{county.address}/report")
    sized.locator("#child_name").fill("张小明")
    sized.locator(".report-send button").click()
    expect(sized.locator(".error-summary a")).to_have_count(2)
    expect(sized.locator("#child_name")).to_have_value("张小明")
    look(sized, camera, "report-refused")
    sized.locator(".error-summary a[href='#place']").click()
    expect(sized.locator("#place")).to_be_focused()
