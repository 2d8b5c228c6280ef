"""逐户走访登记 in a village without network: nothing typed is lost, two devices are told of each other."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cases import file_contents
from cases.files import file
from cases.reports import report
from cases.sessions import login_session
from cases.survey_drafts import survey_draft_household
from cases.survey_visits import PURPOSE
from engine.commands.start_process import start_process
from engine.store.audit import audit
from engine.store.user_task import user_task
from tests.browser.conftest import PHONE, WIDE
from tests.browser.county import County
from tests.cases.test_survey_visits import MZJ, NOW, OFFICER, VILLAGE

pytestmark = pytest.mark.timeout(240)
#: How many rows of a store lie on the device.
KEPT = """name => new Promise((told, failed) => { const asked = indexedDB.open('tongan-visits'); asked.onerror = failed;
  asked.onsuccess = () => { const counted = asked.result.transaction(name).objectStore(name).count();
    counted.onsuccess = () => { asked.result.close(); told(counted.result); }; }; })"""
#: The languages of the shells that the workers keep.
SHELLS = """async () => {
  const kept = (await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(each => each.url));
  return (await Promise.all(kept)).flat().map(url => new URL(url).searchParams.get('language')).filter(Boolean);
}"""
Device = Callable[..., Page]


@pytest.fixture
def task(county: County) -> str:
    """The village's open task."""
    county.set_clock(NOW)
    county.people([OFFICER, MZJ])
    fields = {"campaign_name": "2026年摸底", "year": 2026, "deadline": "2026-08-24", "scope_towns": ["519927101"]}
    with county.edge.database.transaction() as session:
        start_process(
            session, county.edge.env, "survey", fields=fields, actor=MZJ, now=NOW, idempotency_key="start-survey"
        )
    county.settle()
    mine = (user_task.c.element_id == "a_ut_household") & (user_task.c.place == VILLAGE)
    with county.edge.database.reading() as session:
        return str(session.scalar(sa.select(user_task.c.id).where(mine)))


@pytest.fixture
def device(chromium: Browser, county: County, task: str) -> Iterator[Device]:
    """A phone of the officer's, with the page open and kept."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(viewport: dict[str, int] = PHONE) -> Page:
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        page.goto(f"{county.address}/login")
        page.locator(f"button[name=person][value='{OFFICER.id}']").click()
        page.goto(f"{county.address}/visits/{task}")
        expect(page.locator("body[data-offline-ready]")).to_be_attached()
        return page

    yield open_one
    for context in opened:
        context.close()
    assert not complaints, complaints


def write(page: Page, number: str, head: str, **more: str) -> None:
    """Fill in the open form of a household and save it."""
    expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
    editor = page.locator("#visits-editor")
    editor.get_by_label("户编号").fill(number)
    editor.get_by_label("户主").fill(head)
    for label, text in {"住址": "一组3号", "走访人员": "李春", "受访人": head, "居住情况": "砖瓦房", **more}.items():
        if label != "监护情况":
            editor.get_by_label(label).fill(text)
    editor.get_by_label("走访时间").fill("2026-07-14T09:00")
    editor.get_by_label("监护情况").select_option(more.get("监护情况", "正常"))
    editor.get_by_label("就学情况").select_option("在读")
    page.get_by_role("button", name="保存这一户").click()
    expect(page.locator("#visits-list")).to_be_visible()


def add(page: Page, number: str, head: str, **more: str) -> None:
    page.get_by_role("button", name="添加一户").click()
    write(page, number, head, **more)


def count(county: County, table: sa.Table) -> int:
    with county.edge.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def test_three_households_without_network(device, county):
    page = device()
    page.context.set_offline(True)
    add(page, "001", "王大山")
    add(page, "002", "赵水", 监护情况="缺失")
    expect(page.locator("#visits-risk")).to_contain_text("110")
    add(page, "003", "孙木")
    page.reload()
    expect(page.locator("#visits-state")).to_contain_text("没有网络。本机还有 3 户没有同步")
    expect(page.locator("#visits-risk")).to_be_visible()
    assert count(county, survey_draft_household) == 0
    page.context.set_offline(False)
    expect(page.locator("#visits-state")).to_contain_text("本机没有待同步的户")
    expect(page.locator("#visits-rows")).to_contain_text("已登记强制报告 BG519927-2026-0001")
    assert (count(county, survey_draft_household), count(county, report)) == (3, 1)


def test_without_network_the_page_keeps_its_readers_language(device, county):
    page = device()
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("body[data-offline-ready]")).to_be_attached()
    english = page.get_by_role("heading", name="Household visits")
    expect(english).to_be_visible()
    for _ in range(100):  # until the worker of the new language has taken over and cleared the old one's shell away
        if page.evaluate(SHELLS) == ["en"]:
            break
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    page.reload()
    expect(english).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_two_devices_and_one_household(device, county):
    one, other = device(), device(WIDE)
    add(one, "001", "王大山")
    expect(one.locator("#visits-state")).to_contain_text("已同步 1 户")
    other.reload()
    one.context.set_offline(True)
    for page, address in ((other, "二组1号"), (one, "三组9号")):
        page.get_by_role("button", name="修改").click()
        write(page, "001", "王大山", 住址=address)
    expect(other.locator("#visits-state")).to_contain_text("本机没有待同步的户。已同步 1 户")
    one.context.set_offline(False)
    both = one.locator(".both")
    expect(both).to_contain_text("二组1号")
    expect(both).to_contain_text("三组9号")
    assert Axe().run(one).violations_count == 0
    one.get_by_role("button", name="用本机的").click()
    expect(one.locator("#visits-state")).to_contain_text("本机没有待同步的户")
    expect(one.locator("#visits-rows")).to_contain_text("三组9号")


def test_the_login_ends_and_the_household_waits(device, county):
    page = device()
    with county.edge.database.transaction() as session:
        session.execute(sa.delete(login_session))
    add(page, "001", "王大山")
    expect(page.locator("#visits-stop")).to_contain_text("登录已失效")
    page.get_by_role("link", name="去登录").click()
    page.locator(f"button[name=person][value='{OFFICER.id}']").click()
    page.wait_for_url("**/visits/**")
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")


def a_photograph(page: Page, name: str = "house.jpg", side: int = 2400) -> dict[str, Any]:
    """A picture as a telephone takes it, larger than what is sent."""
    drawn = page.evaluate(
        """side => { const canvas = Object.assign(document.createElement('canvas'), {width: side, height: side / 2});
        canvas.getContext('2d').fillRect(0, 0, side / 3, side / 3); return canvas.toDataURL('image/jpeg'); }""",
        side,
    )
    return {"name": name, "mimeType": "image/jpeg", "buffer": base64.b64decode(drawn.partition(",")[2])}


def test_photographs_are_taken_without_network_and_sent_with_the_household(device, county):
    page = device()
    pictures = [a_photograph(page), a_photograph(page, "yard.jpg")]
    page.context.set_offline(True)
    page.get_by_role("button", name="添加一户").click()
    page.get_by_label("拍照或选择照片").set_input_files(pictures)
    expect(page.locator(".photos img")).to_have_count(2)
    write(page, "001", "王大山")
    page.reload()
    expect(page.locator("#visits-rows")).to_contain_text("2 张照片")
    page.context.set_offline(False)
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")
    expect(page.locator("#visits-rows")).to_contain_text("2 张照片")
    assert page.evaluate(KEPT, "photo") == 0
    with county.edge.database.reading() as session:
        [photos] = session.execute(sa.select(survey_draft_household.c.photos)).scalars()
        kept = session.execute(sa.select(file).where(file.c.id.in_(photos))).all()
    assert [one.name for one in kept] == ["house.jpg", "yard.jpg"]
    assert all(one.case_id for one in kept)
    folder = county.edge.settings.data_folder
    assert all(file_contents.read(folder, one.id, one.key).startswith(b"\xff\xd8\xff") for one in kept)
    page.get_by_role("link", name="全部登记完,核对并提交").click()
    expect(page.get_by_role("link", name="yard.jpg")).to_be_visible()


def test_a_photograph_that_is_refused_stays_with_its_reason(device, county):
    page = device()
    refused = "“house.jpg”的内容与后缀 .jpg 不符,请另存后再传"
    page.route("**/files", lambda route: route.fulfill(status=422, json={"message": refused}))
    page.get_by_role("button", name="添加一户").click()
    page.get_by_label("拍照或选择照片").set_input_files(
        [{"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}]
    )
    expect(page.locator("#visits-photos [role=alert]")).to_contain_text("“letter.jpg”不是照片")
    page.get_by_label("拍照或选择照片").set_input_files([a_photograph(page)])
    expect(page.locator(".photos li")).to_have_count(1)
    write(page, "001", "王大山")
    expect(page.locator("#visits-rows")).to_contain_text(refused)
    assert count(county, survey_draft_household) == 0
    page.unroute("**/files")
    page.get_by_role("button", name="修改").click()
    expect(page.locator("#visits-photos [role=alert]")).to_contain_text(refused)
    expect(page.locator(".photos li")).to_have_count(1)
    page.get_by_role("button", name="保存这一户").click()
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")


def test_a_device_that_is_full_says_so_and_keeps_the_words(device):
    page = device()
    page.evaluate(
        """() => { const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value) {
          if (this.name === 'photo') { throw new DOMException('full', 'QuotaExceededError'); }
          return put.call(this, value); }; }"""
    )
    page.context.set_offline(True)
    page.get_by_role("button", name="添加一户").click()
    page.locator("#visits-editor").get_by_label("户主").fill("王大山")
    page.get_by_label("拍照或选择照片").set_input_files([a_photograph(page)])
    expect(page.locator("#visits-photos [role=alert]")).to_contain_text("本机空间已满,“house.jpg”没有存上")
    expect(page.locator(".photos li")).to_have_count(0)
    write(page, "001", "王大山")
    expect(page.locator("#visits-rows")).to_contain_text("001 王大山")
    expect(page.locator("#visits-rows")).to_contain_text("等待同步")


def test_the_log_in_ends_before_a_photograph_is_sent(device, county):
    page = device()
    page.get_by_role("button", name="添加一户").click()
    page.get_by_label("拍照或选择照片").set_input_files([a_photograph(page)])
    expect(page.locator(".photos img")).to_have_count(1)
    with county.edge.database.transaction() as session:
        session.execute(sa.delete(login_session))
    write(page, "001", "王大山")
    expect(page.locator("#visits-stop")).to_contain_text("登录已失效")
    assert page.evaluate(KEPT, "photo") == 1
    page.get_by_role("link", name="去登录").click()
    page.locator(f"button[name=person][value='{OFFICER.id}']").click()
    page.wait_for_url("**/visits/**")
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")
    expect(page.locator("#visits-rows")).to_contain_text("1 张照片")


def test_two_windows_of_one_device(device, county):
    one = device(WIDE)
    add(one, "001", "王大山")
    expect(one.locator("#visits-state")).to_contain_text("已同步 1 户")
    other = one.context.new_page()
    other.goto(one.url)
    expect(other.locator("#visits-state")).to_contain_text("已同步 1 户")
    one.get_by_role("button", name="修改").click()
    other.get_by_role("button", name="修改").click()
    expect(other.locator("#visits-stop")).to_contain_text("另一个窗口填写")
    expect(other.locator("#visits-editor")).to_be_hidden()
    write(one, "001", "王大山", 住址="四组2号")
    expect(other.locator("#visits-rows")).to_contain_text("四组2号")
    other.get_by_role("button", name="修改").click()
    expect(other.get_by_label("住址")).to_have_value("四组2号")


def test_who_read_the_households_is_noted(device, county):
    page = device()
    add(page, "001", "王大山")
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")
    page.reload()
    expect(page.locator("#visits-state")).to_contain_text("已同步 1 户")
    with county.edge.database.reading() as session:
        noted = session.execute(sa.select(audit).where(audit.c.actor_id == OFFICER.id)).mappings().all()
    assert any(PURPOSE in str(dict(each)) for each in noted)


def test_log_out_clears_the_device_after_a_question(device):
    page = device(WIDE)
    page.context.set_offline(True)
    add(page, "001", "王大山")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.context.set_offline(False)
    page.route("**/households", lambda route: route.abort())
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    assert "1 户走访登记没有同步" in asked[0]
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "desk"])
def test_it_fits_and_axe_finds_nothing(device, size):
    page = device(size)
    for name in ("list", "editor"):
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        if name == "list":
            page.get_by_role("button", name="添加一户").click()
            expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
