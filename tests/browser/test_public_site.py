"""The public site as a visitor meets it: every page in both languages and at both widths without a barrier, filing by
keyboard alone, progress by receipt number and telephone, and what a page looks like on paper."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cases import offices
from cases.benefits import benefit_standard
from cases.intake import Course, intake
from cases.notices import public_notice
from engine.access import Actor, Grant
from engine.calendar import end_of_day
from engine.clock import FixedClock
from tasks import intake as delivery
from tasks.workshop import Workshop
from tests.browser.conftest import PHONE, WIDE
from tests.browser.county import County, open_county

NOW = datetime.fromisoformat("2025-10-09T10:00:00+08:00")
NOTICE = "GS519927101-2025-0001"
PICTURES = os.environ.get("PUBLIC_PICTURES")
ADDRESSES = {
    "home": "/public",
    "policy": "/public/policy",
    "apply": "/public/policy/apply",
    "how-to-report": "/public/policy/report",
    "offices": "/public/policy/offices",
    "objection": f"/public/file/objection?notice={NOTICE}",
    "report": "/public/file/report",
    "progress": "/public/progress",
    "notices": "/notices",
    "notice": f"/notices/{NOTICE}",
    "not-found": "/notices/GS519927101-2025-9999",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[County]:
    """One server for the whole file: a notice that hangs, standards in force, offices."""
    folder = tmp_path_factory.mktemp("public")
    shutil.copyfile(sqlite_template, folder / "tongan.sqlite3")
    county = open_county(
        f"sqlite:///{folder / 'tongan.sqlite3'}",
        folder / "data",
        NOW,
        processes=("application", "exit", "objection", "report"),
    )
    keeper = Actor(id="keeper", name="李强", grants=(Grant(role="mzj_handler", place="519927"),))
    with county.edge.database.transaction() as session:
        for number, code, name in (("0110", "519927", "云岭县民政局"), ("0120", "519927101", "青川镇便民服务中心")):
            given = {"code": code, "name": name, "address": "人民路8号", "telephone": f"0839-555{number}"}
            offices.enter_office(session, {**given, "hours": "工作日9:00-17:00"}, actor=keeper, now=NOW)
        session.execute(
            sa.insert(benefit_standard),
            [
                {"key": key, "valid_from": date(2025, 1, 1), "monthly_amount": amount, "doc_no": "云民〔2025〕1号"}
                for key, amount in (("STD_ORPHAN_SCATTERED", 1100), ("STD_TEKUN", 1050), ("STD_DIBAO", 720))
            ],
        )
        session.execute(
            sa.insert(public_notice).values(
                notice_no=NOTICE,
                area="青川镇青山村",
                issuer="青川镇人民政府",
                body=(
                    f"困境儿童分类保障公示({NOTICE})\n"
                    "经本人监护人申请、村(居)委会协助、青川镇人民政府核查,青川镇青山村王某之子女(被监护人)张某某"
                    "拟纳入困境儿童分类保障,现予公示。\n"
                    "公示期间如有异议,请向青川镇人民政府反映,电话 0839-5550101。\n"
                    "青川镇人民政府"
                ),
                posted_on=date(2025, 9, 30),
                last_day=date(2025, 10, 14),
                ends_at=end_of_day(date(2025, 10, 14)),
                objection_phone="0839-5550101",
                listed=True,
            )
        )
    yield county
    county.close()


def keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look (`PUBLIC_PICTURES=<folder>`)."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.fixture
def visitor(site: County, chromium: Browser) -> Iterator[Page]:
    """A stranger's phone: no log-in, no cookie."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


class Hands:
    """Fills in a form as a person does, and counts: each tap, each key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.keys = 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).click()
        self.taps += 1

    def choose(self, selector: str, value: str) -> None:
        """Open the list, tap the line."""
        self.page.locator(selector).select_option(value)
        self.taps += 2

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str, times: int = 1) -> None:
        for _turn in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def tab_to(self, selector: str) -> None:
        """By the tabulator alone; fails if the field cannot be reached so."""
        for _turn in range(80):
            if self.page.locator(selector).evaluate("each => each === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by keyboard")


def receipt_of(page: Page) -> str:
    page.wait_for_url("**/public/receipt")
    return page.locator(".receipt-number").inner_text()


def begin_of(county: County, number: str) -> str:
    """Waits until the filing is in its process; returns its instance's id."""
    worker = Workshop(database=county.edge.database, env=county.edge.env, clock=FixedClock(county.now()), name="t")
    assert delivery.deliver(worker) >= 1
    with county.edge.database.reading() as session:
        row = session.execute(sa.select(intake).where(intake.c.receipt_no == number)).mappings().one()
    assert row["course"] == Course.AT_WORK
    return str(row["instance_id"])


#: What a thumb can do in a minute: a tap takes a second and a half with finding the place, a key a third of a second,
#: reading the five questions twenty-five seconds.
TAP, KEY, READING, MINUTE = 1.5, 0.34, 25.0, 60.0


def test_a_report_takes_less_than_a_minute_on_a_phone(site: County, visitor: Page) -> None:
    visitor.goto(site.address + ADDRESSES["report"])
    hands = Hands(visitor)
    hands.tap("label:has(input[value='S4'])")
    hands.tap("label:has(input[value='life_threat'])")
    hands.choose("#division", "519927101002")
    hands.tap("#place")
    hands.type("村小学门口")
    hands.tap("button.btn-danger")
    number = receipt_of(visitor)
    assert (hands.taps, hands.keys) == (6, 5)
    assert hands.taps * TAP + hands.keys * KEY + READING < MINUTE
    keep(visitor, "receipt-report-390")
    assert barriers(visitor) == []
    begin_of(site, number)


def test_an_objection_is_filed_and_followed_by_keyboard_alone(site: County, visitor: Page) -> None:
    visitor.goto(site.address + ADDRESSES["notice"])
    hands = Hands(visitor)
    hands.tab_to("a[href*='/public/file/objection']")
    hands.press("Enter")
    visitor.wait_for_url("**/public/file/objection?*")
    assert visitor.locator("#notice_no").input_value() == NOTICE
    hands.tab_to("#q-content")
    hands.type("太短")
    hands.tab_to("form.panel button.btn-primary")
    hands.press("Enter")
    summary = visitor.locator(".error-summary")
    summary.wait_for()
    keep(visitor, "objection-refused-390")
    assert barriers(visitor) == []
    assert visitor.locator("#q-content").input_value() == "太短"
    hands.tab_to(".error-summary a[href='#q-content']")
    hands.press("Enter")
    hands.tab_to("#q-content")
    hands.press("End")
    hands.type(",该户在县城有商品房一套,可以查登记。")
    hands.tab_to("#objector_phone")
    hands.type("13800005678")
    hands.tab_to("form.panel button.btn-primary")
    hands.press("Enter")
    number = receipt_of(visitor)
    hands.tab_to("main a[href*='/public/progress']")
    hands.press("Enter")
    visitor.wait_for_url("**/public/progress?*")
    assert visitor.locator("#number").input_value() == number
    hands.tab_to("#phone")
    hands.type("13800005679")
    hands.press("Enter")
    visitor.get_by_text("没有查到").wait_for()
    hands.tab_to("#phone")
    visitor.keyboard.press("Control+a")
    hands.type("13800005678")
    hands.press("Enter")
    visitor.locator("dl >> text=已收到").wait_for()
    keep(visitor, "progress-found-390")
    assert barriers(visitor) == []


def test_a_report_by_keyboard_alone(site: County, visitor: Page) -> None:
    visitor.goto(site.address + ADDRESSES["how-to-report"])
    hands = Hands(visitor)
    hands.tab_to("main a[href='/public/file/report']")
    hands.press("Enter")
    visitor.wait_for_url("**/public/file/report")
    hands.tab_to("form.report button.btn-danger")
    hands.press("Enter")
    visitor.locator(".error-summary").wait_for()
    keep(visitor, "report-refused-390")
    assert barriers(visitor) == []
    hands.tab_to("input[value='S9']")
    hands.press("Space")
    hands.tab_to("#division")
    hands.press("ArrowDown", 2)
    hands.tab_to("#place")
    hands.type("村小学门口")
    hands.tab_to("form.report button.btn-danger")
    hands.press("Enter")
    assert receipt_of(visitor).startswith("SL20251009-")


def test_a_page_that_lay_open_too_long_loses_nothing(site: County, visitor: Page) -> None:
    visitor.goto(site.address + ADDRESSES["report"])
    visitor.locator("label:has(input[value='S6'])").click()
    visitor.locator("#division").select_option("519927101001")
    visitor.locator("#place").fill("村口桥下")
    visitor.context.clear_cookies()
    visitor.locator("button.btn-danger").click()
    visitor.get_by_text("这个页面打开得太久了").wait_for()
    keep(visitor, "again-390")
    assert barriers(visitor) == []
    visitor.get_by_role("button", name="再提交一次").click()
    assert receipt_of(visitor).startswith("SL20251009-")


def paper_of(page: Page) -> tuple[bytes, str]:
    """The page as a PDF, and the words that stand on the paper, without blanks."""
    printed = page.pdf(prefer_css_page_size=True)
    for width, height in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed):
        assert [round(float(side) / 72 * 25.4) for side in (width, height)] == [210, 297]
    page.emulate_media(media="print")
    return printed, re.sub(r"\s", "", page.locator("body").inner_text())


@pytest.mark.parametrize("name", ["policy", "apply", "how-to-report", "offices"])
def test_the_policy_on_paper_is_the_policy_alone(site: County, visitor: Page, name: str) -> None:
    visitor.goto(site.address + ADDRESSES[name])
    printed, text = paper_of(visitor)
    if PICTURES:
        (Path(PICTURES) / f"{name}.pdf").write_bytes(printed)
    assert len(re.findall(rb"/Type /Page\b", printed)) <= 3
    assert "0839-5550110" in text
    assert not any(words in text for words in ("English", "打印", "工作人员登录", "在网上报告", "查询办理进展"))


def test_a_notice_on_paper_shows_what_hangs_on_the_board_and_nothing_else(site: County, visitor: Page) -> None:
    visitor.goto(site.address + ADDRESSES["notice"])
    printed, text = paper_of(visitor)
    if PICTURES:
        (Path(PICTURES) / "notice.pdf").write_bytes(printed)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    for words in (NOTICE, "王某之子女", "张某某", "2025年9月30日", "2025年10月14日", "24:00", "0839-5550101", "(盖章)"):
        assert words in text, words
    for words in ("English", "群众办事", "打印", "网上提出", "查询", "登录", "http", "童安"):
        assert words not in text, words


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_no_page_has_a_barrier_or_runs_off_the_side(site: County, chromium: Browser, size: dict, language: str) -> None:
    context = chromium.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "language", "value": language, "url": site.address}])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    for name, address in ADDRESSES.items():
        page.goto(site.address + address)
        keep(page, f"{name}-{size['width']}-{language}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            problems.append(f"{name}: {wide} px wide")
        problems += [f"{name}: {each}" for each in barriers(page)]
    context.close()
    assert problems == []
