"""What a clerk does in the inbox, at a desk and on a phone, in Chinese and in English; axe finds nothing anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from cases.search import search_key
from cases.story import read_story
from engine.access import Actor, Grant
from engine.store import user_task
from tests.browser.conftest import PHONE, WIDE, Camera
from tests.browser.county import County
from tests.browser.test_looks import STORY, enter, filled, look

NAMES = ("张小明", "欧阳春雨", "单丹", "李建国", "王思远", "赵一鸣")
COLLEAGUE = Actor(
    id="colleague", name="钱进", unit="青川镇人民政府", grants=(Grant(role="town_officer", place="519927101"),)
)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(
    params=[(WIDE, "zh-CN"), (PHONE, "zh-CN"), (WIDE, "en"), (PHONE, "en")], ids=lambda p: f"{p[0]['width']}-{p[1]}"
)
def seat(request: pytest.FixtureRequest, chromium: Browser, county: County) -> Iterator[Page]:
    """A page of this width in this language, that tolerates no script error."""
    viewport, language = request.param
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "language", "value": language, "url": county.address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints, complaints
    context.close()


def said(page: Page, chinese: str, english: str) -> str:
    """The words in the page's language."""
    return chinese if page.locator("html").get_attribute("lang") == "zh-CN" else english


def many_tasks(county: County) -> list[str]:
    """Open tasks of one township beside the story's own, due one after the other; the first is overdue."""
    task = county.tell(read_story(STORY), "b_ut_formal_check")
    county.people([COLLEAGUE])
    with county.edge.database.transaction() as session:
        pattern: dict[str, Any] = dict(
            session.execute(sa.select(user_task.user_task).where(user_task.user_task.c.id == task)).one()._asdict()
        )
        rows = []
        for number, name in enumerate(NAMES):
            due = county.now() + timedelta(days=3 * number - 1)
            rows.append(
                pattern
                | {
                    "id": f"{task[:26]}-t{number}",
                    "name": "形式审查" if number % 2 else "补正审查",
                    "subject": name[0] + "某某",
                    "search_key": search_key(name),
                    "due_at": due,
                    "due_order": due,
                    "place": "519927101001" if number % 2 else "519927101002",
                }
            )
        session.write(user_task.INSERT, rows)
    return [row["id"] for row in rows]


def open_inbox(page: Page, county: County, asked: str = "") -> None:
    page.goto(f"{county.address}/inbox{asked}")


def log_in(page: Page, county: County, person: str = "officer") -> None:
    page.goto(f"{county.address}/login")
    page.locator(f"button[name=person][value='{person}']").click()
    expect(page.locator("form[action='/logout'] button")).to_be_visible()


def subjects(page: Page) -> list[str]:
    return [text[0] for text in page.locator("[data-rows] tbody tr").all_inner_texts() if text]


def rows(page: Page):
    return page.locator("[data-rows] tbody tr")


def test_the_list_is_found_by_words_pinyin_process_step_and_place(seat: Page, county: County, camera: Camera) -> None:
    many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    expect(rows(seat)).to_have_count(7)
    first = rows(seat).first
    expect(first.locator(".pill-late")).to_contain_text(said(seat, "逾期", "overdue"), ignore_case=True)
    look(seat, camera, "inbox-many")
    for words, found in (
        ("建国", 1),
        ("张小", 2),
        ("ouyangchunyu", 1),
        ("oycy", 1),
        ("shandan", 1),
        ("dandan", 1),
        ("无此人", 0),
    ):
        open_inbox(seat, county, f"?q={words}")
        expect(rows(seat)).to_have_count(found)
    seat.locator("#q").fill("wsy")
    expect(rows(seat)).to_have_count(1)
    open_inbox(seat, county)
    seat.locator("#step").select_option("补正审查")
    seat.locator("#process").select_option("application")
    seat.locator("#due").select_option("late")
    seat.get_by_role("button", name=said(seat, "查找", "Search"), exact=True).click()
    expect(rows(seat)).to_have_count(1)
    open_inbox(seat, county, "?place=519927101002")
    expect(rows(seat)).to_have_count(3)
    look(seat, camera, "inbox-narrowed")


def test_a_filter_is_kept_shared_with_the_post_counted_and_removed(seat: Page, county: County, camera: Camera) -> None:
    many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county, "?step=补正审查")
    seat.get_by_role("button", name=said(seat, "保存筛选", "Save this filter")).first.click()
    expect(seat.locator("#save-filter")).to_be_visible()
    seat.locator("#filter-name").fill("补正的")
    seat.locator("#filter-share").select_option(index=1)
    seat.wait_for_timeout(400)
    look(seat, camera, "inbox-save-filter")
    seat.locator("#save-filter .btn-primary").click()
    chip = seat.locator(".chip")
    expect(chip).to_have_count(1)
    expect(chip.locator(".count")).to_have_text("3")
    look(seat, camera, "inbox-saved-filter")
    log_in(seat, county, "colleague")
    open_inbox(seat, county)
    expect(seat.locator(".chip .count")).to_have_text("3")
    expect(seat.locator(".chip button")).to_have_count(0)
    seat.locator(".chip a").click()
    expect(rows(seat)).to_have_count(3)
    log_in(seat, county, "officer")
    open_inbox(seat, county)
    seat.locator(".chip button").click()
    expect(seat.locator(".chip")).to_have_count(0)


def test_columns_are_chosen_and_remembered(seat: Page, county: County, camera: Camera) -> None:
    many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    seat.locator(".drop:not(.up) summary").click()
    seat.locator("#column-role").check()
    seat.locator("#column-state").uncheck()
    look(seat, camera, "inbox-columns")
    seat.locator(".drop:not(.up) .btn-primary").click()
    for _again in range(2):
        labels = rows(seat).first.locator("td").evaluate_all("cells => cells.map(cell => cell.dataset.label)")
        assert said(seat, "责任岗位", "Responsible post") in labels
        assert said(seat, "状态", "Status") not in labels
        open_inbox(seat, county)


def test_several_are_claimed_and_each_outcome_is_told(seat: Page, county: County, camera: Camera) -> None:
    ids = many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    expect(seat.locator("[data-bulk]")).to_be_hidden()
    for task_id in ids[:3]:
        seat.locator(f"input[value='{task_id}']").check()
    expect(seat.locator("[data-ticked]")).to_have_text("3")
    look(seat, camera, "inbox-ticked")
    with county.edge.database.transaction() as session:  # meanwhile a colleague takes one of them
        session.write(user_task.ASSIGN, {"task_id": ids[1], "new_assignee": "colleague", "new_assignee_name": "钱进"})
    seat.locator("[data-bulk] .btn-primary:not(.drop *)").click()
    expect(seat.locator("tbody tr")).to_have_count(3)
    expect(seat.locator("tbody .pill-done")).to_have_count(2)
    assert "没有这项待办" in seat.locator("main").inner_text() or "钱进" in seat.locator("main").inner_text()
    look(seat, camera, "inbox-outcomes")
    open_inbox(seat, county)
    expect(rows(seat)).to_have_count(6)
    open_inbox(seat, county, "?tab=unclaimed")
    expect(rows(seat)).to_have_count(4)


def test_several_are_handed_to_a_colleague(seat: Page, county: County, camera: Camera) -> None:
    ids = many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    seat.locator(f"input[value='{ids[0]}']").check()
    seat.locator(f"input[value='{ids[2]}']").check()
    seat.locator("[data-bulk] .btn-outline-primary").click()
    expect(seat.locator("#assign-to option")).to_have_count(1)
    look(seat, camera, "inbox-assign")
    seat.locator("#assign-reason").fill("下乡三天")
    seat.locator("main .btn-primary").click()
    expect(seat.locator(".flash")).to_contain_text("钱进")
    expect(rows(seat)).to_have_count(5)
    log_in(seat, county, "colleague")
    open_inbox(seat, county, "?step=补正审查")
    expect(rows(seat)).to_have_count(3)
    expect(seat.locator(f"input[value='{ids[0]}']")).not_to_have_attribute("data-claimable", "")


def test_several_are_marked_for_oneself(seat: Page, county: County, camera: Camera) -> None:
    ids = many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    for task_id in ids[:2]:
        seat.locator(f"input[value='{task_id}']").check()
    seat.locator("[data-bulk] .drop summary").click()
    seat.locator("#mark-priority").select_option("特急")
    seat.locator("#mark-follow").fill("2025-10-14")
    look(seat, camera, "inbox-marking")
    seat.locator("[data-bulk] .drop .btn-primary").click()
    expect(seat.locator(".flash")).to_contain_text(said(seat, "已标记 2 项", "2"))
    expect(rows(seat)).to_have_count(7)
    expect(seat.locator("tbody .bi-flag")).to_have_count(2)
    look(seat, camera, "inbox-marked")
    open_inbox(seat, county, "?priority=特急")
    expect(rows(seat)).to_have_count(2)
    log_in(seat, county, "colleague")
    open_inbox(seat, county)
    expect(seat.locator("tbody .bi-flag")).to_have_count(0)


def test_what_is_ticked_is_printed(seat: Page, county: County, camera: Camera) -> None:
    ids = many_tasks(county)
    log_in(seat, county)
    open_inbox(seat, county)
    seat.locator(f"input[value='{ids[3]}']").check()
    seat.locator("[data-bulk] button.btn-outline-secondary").click()
    expect(seat.locator("main tbody tr")).to_have_count(1)
    look(seat, camera, "inbox-print")
    seat.emulate_media(media="print")
    expect(seat.locator(".topbar")).to_be_hidden()
    seat.emulate_media(media="screen")
    open_inbox(seat, county, "?due=late")
    seat.locator("[data-print-list]").click()
    expect(seat.locator("main tbody tr")).to_have_count(1)


def test_hands_stay_on_the_keys(page: Page, county: County, camera: Camera) -> None:
    ids = many_tasks(county)
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.wait_for_timeout(400)
    look(page, camera, "inbox-keys")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    focused = "document.activeElement.closest('tr')?.querySelector('input[name=task]').value"
    page.keyboard.press("j")
    assert page.evaluate(focused) == ids[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    second = page.evaluate(focused)
    assert second != ids[0]
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("1")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.locator("#q")).to_have_value("jk")
    page.goto(f"{county.address}/inbox")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator(".flash")).to_be_visible()
    with county.edge.database.reading() as session:
        held = sa.select(user_task.user_task.c.id).where(user_task.user_task.c.assignee == "officer")
        assert list(session.execute(held).scalars()) == [ids[0]]


def test_on_a_wide_screen_a_row_opens_beside_the_list(page: Page, county: County, camera: Camera) -> None:
    many_tasks(county)
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    pane = page.frame_locator(".pane iframe")
    expect(pane.locator("#task-form-fields[data-ready]")).to_be_attached()
    assert pane.locator(".topbar").is_hidden()
    assert page.url.endswith("/inbox")
    expect(page.locator("tr.is-open")).to_have_count(1)
    camera.take(page, "inbox-pane")
    look(page, camera, "inbox-pane")
    pane.locator(".is-no-such, a[href*='/cases/']").first.wait_for(state="attached")
    page.keyboard.press("Escape")
    expect(page.locator(".pane")).to_be_hidden()
    page.set_viewport_size({"width": 1100, "height": 800})
    page.locator("a[data-row]").first.click()
    filled(page)
    assert "/tasks/" in page.url


def test_what_leads_out_of_a_task_leaves_the_pane(page: Page, county: County) -> None:
    many_tasks(county)
    enter(page, county, "officer")
    page.goto(f"{county.address}/inbox?step=补正审查")
    page.locator("a[data-row]").first.click()
    pane = page.frame_locator(".pane iframe")
    pane.locator("form[action$='/claim'] button").click()
    expect(pane.locator("form[action$='/claim'] button")).to_have_count(0)
    pane.get_by_role("button", name="其他办理").click()
    expect(pane.locator("form[action$='/unclaim'] button")).to_be_visible()
    assert "step=" in page.url
    pane.locator("form[action$='/unclaim'] button").click()
    page.wait_for_url(f"{county.address}/inbox")
    expect(page.locator(".topbar")).to_be_visible()


@pytest.mark.parametrize("tab", ["todo", "unclaimed", "done", "started", "copied"])
def test_an_empty_list_says_what_it_is_and_what_to_do(page: Page, county: County, tab: str) -> None:
    county.people([COLLEAGUE])
    enter(page, county, "colleague")
    page.goto(f"{county.address}/inbox?tab={tab}")
    advice = page.locator(".empty p")
    expect(advice).to_have_count(2)
    assert len(advice.last.inner_text()) > 10
