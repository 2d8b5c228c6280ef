"""What opens on the pages (dialogs, refusals, empty lists) at a desk's and a phone's width; the pages: test_walk.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import select

from cases.story import read_story
from engine.access import Actor, Grant
from engine.commands.deliver_message import deliver_message
from engine.queries.open_tasks import open_tasks
from engine.store.instance import instance
from tests.browser.conftest import PHONE, WIDE, Camera
from tests.browser.county import PROCESSES, County
from tests.browser.test_told_stories import the_instance

STORY = PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml"


@pytest.fixture(params=[WIDE, PHONE], ids=["desk", "phone"])
def sized(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page of this width that tolerates no script error."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=request.param)
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
    yield page
    assert not complaints, complaints
    context.close()


def _is_ours(said: ConsoleMessage) -> bool:
    """An error of a script; that a page was answered with 404 or 422 is no such error."""
    return said.type == "error" and "Failed to load resource" not in said.text


def enter(page: Page, county: County, person: str) -> None:
    page.goto(f"{county.address}/login")
    page.locator(f"button[name=person][value='{person}']").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def look(page: Page, camera: Camera, name: str, *, axe: bool = True) -> None:
    """What holds for every page: it fits, and axe has nothing to say."""
    camera.take(page, name)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name} is {wider} px too wide"
    expect(page.locator("h1")).to_have_count(1)
    if axe:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}:\n{found.generate_report()}"


def drawn(page: Page) -> None:
    expect(page.locator("#diagram[data-ready]")).to_be_attached()


def filled(page: Page) -> None:
    expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()


@pytest.mark.timeout(300)
def test_what_opens_on_the_pages_of_those_who_work_on_the_case(sized, county, camera):
    task = county.tell(read_story(STORY), "b_ut_visit")
    enter(sized, county, "officer")
    sized.goto(f"{county.address}/inbox")
    sized.locator("details.popover-chip summary").first.click()
    look(sized, camera, "inbox-deadline")
    sized.goto(f"{county.address}/inbox?q=nobody")
    look(sized, camera, "inbox-nothing-found")
    sized.goto(f"{county.address}/tasks/{task}")
    filled(sized)
    sized.get_by_role("tab", name="流程图").click()
    drawn(sized)
    look(sized, camera, "task-diagram")
    assert sized.evaluate("[...window.tonganMissing]") == []
    sized.goto(f"{county.address}/tasks/no-such-task")
    look(sized, camera, "not-found")


@pytest.mark.timeout(300)
def test_a_form_that_is_refused(sized, county, camera):
    county.tell(read_story(STORY), "b_ut_visit")
    enter(sized, county, "guardian")
    sized.goto(f"{county.address}/start/application")
    filled(sized)
    sized.locator(".action-bar .btn-primary").click()
    expect(sized.locator("#form-summary")).to_be_visible()
    look(sized, camera, "start-form-refused")


@pytest.mark.timeout(300)
def test_the_public_notice(sized, county, camera):
    county.tell(read_story(STORY), "c_ut_post")
    sized.goto(f"{county.address}/notices")
    look(sized, camera, "notices-none")
    county.tell_one(read_story(STORY), "c_ut_post")
    sized.goto(f"{county.address}/notices")
    sized.locator("a.rows-link").first.click()
    text = sized.locator("main").inner_text()
    for secret in ("张小明", "王建国", "5199272015", "13812345678", "青川镇中心小学", "2015"):
        assert secret not in text
    assert "编号GS519927101-2025-0001的儿童" in text


@pytest.mark.timeout(300)
def test_what_owners_and_administrators_open(sized, county, camera, tmp_path):
    county.tell(read_story(STORY), "b_ut_visit")
    enter(sized, county, "owner")
    sized.goto(f"{county.address}/processes/upload")
    sized.locator("#files").set_input_files(broken_copy(tmp_path))
    sized.get_by_role("button", name="上传并检查").click()
    expect(sized.get_by_text("现在不能发布")).to_be_visible()
    look(sized, camera, "upload-problems")
    enter(sized, county, "admin")
    sized.goto(f"{county.address}/admin/instances/{the_instance(county)}")
    drawn(sized)
    assert "张" not in sized.locator("main").inner_text()
    sized.get_by_role("button", name="改到其他环节").click()
    expect(sized.locator("#move")).to_be_visible()
    sized.wait_for_timeout(400)
    look(sized, camera, "move-token")


@pytest.mark.timeout(120)
def test_the_security_administrator_gives_a_role(sized, county, camera):
    county.people(
        [
            Actor(id="security", name="安稳", unit="县大数据中心", grants=(Grant(role="security_admin"),)),
        ]
    )
    enter(sized, county, "security")
    sized.goto(f"{county.address}/people/owner")
    sized.get_by_role("button", name="授予角色").click()
    expect(sized.locator("#give")).to_be_visible()
    sized.wait_for_timeout(400)
    look(sized, camera, "give-role")


def broken_copy(folder: Path) -> list[str]:
    """The application's files with a form missing and a condition broken."""
    source = PROCESSES / "publicity"
    names = []
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix in (".bpmn", ".form", ".toml") and path.name != "c_ut_post.form":
            copy = folder / path.name
            copy.write_bytes(path.read_bytes().replace(b"separate_from", b"seperate_from"))
            names.append(str(copy))
    return names


def test_someone_without_the_case_does_not_learn_of_it(sized, county):
    county.tell(read_story(STORY), "b_ut_visit")
    stranger = Actor(id="stranger", name="周平", unit="白水镇", grants=(Grant(role="town_officer", place="519927102"),))
    county.people([stranger])
    enter(sized, county, "stranger")
    answer = sized.request.get(f"{county.address}/cases/{the_instance(county)}")
    assert answer.status == 404
    assert "张某某" not in answer.text()


@pytest.mark.timeout(300)
def test_the_verification_in_place_of_a_notice_that_was_taken_down(sized, county, camera):
    """It shows what open objections say, and not who says so."""
    story = read_story(PROCESSES / "publicity" / "scenarios" / "taken_down_with_objection.toml")
    objecting = next(each for each in story.steps if each.process == "objection")
    county.tell(story, "c_ut_post")
    county.tell_one(story, "c_ut_post")
    case = the_instance(county)
    county.begin(objecting.fields, objecting.actor, "objecting", "objection")
    with county.edge.database.transaction() as session:
        case_id = session.scalar(select(instance.c.case_id).where(instance.c.id == case))
        sent = {"payload": {}, "actor": Actor.system("test"), "now": county.now()}
        deliver_message(session, county.edge.env, "MSG_TAKE_DOWN", case_id, **sent)
    county.settle()
    removing = next(each for each in story.steps if each.task == "c_ut_remove")
    county.set_clock(removing.at)
    county.complete(open_in(county, case, "c_ut_remove"), removing.fields, removing.actor, "removing")
    county.settle()
    enter(sized, county, "officer")
    sized.goto(f"{county.address}/tasks/{open_in(county, case, 'c_ut_alt_verify')}")
    filled(sized)
    shown = sized.locator("#task-form-fields")
    expect(shown).to_contain_text("这家在县城有一套商品房")
    expect(shown.get_by_label("对异议所反映情况的核实")).to_be_visible()
    assert "刘大妈" not in sized.locator("body").inner_text()
    look(sized, camera, "verification-in-place-of-the-notice")


def open_in(county: County, instance_id: str, element: str) -> str:
    """The id of the open task of this element."""
    with county.edge.database.reading() as session:
        tasks = open_tasks(session, county.edge.env, instance_id, actor=Actor.system("test"))
    return next(each.id for each in tasks if each.element_id == element)
