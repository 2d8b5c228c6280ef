"""A task's page at both widths: draft, menu of acts, the case in tabs, remarks; axe finds nothing in any state."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select

from cases.sessions import login_session
from cases.story import Story, read_story
from engine.access import Actor, Grant
from engine.store.task_draft import task_draft
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.forms import fill
from tests.browser.test_looks import STORY, enter, filled, look, sized

__all__ = ["sized"]

TYPED = "邻居证实家庭收入低"
TOLD: Story = read_story(STORY)


@pytest.fixture
def task(county: County) -> str:
    """入户调查与核查意见, open, with a colleague of the same post and a leader of the township."""
    found = county.tell(TOLD, "b_ut_visit")
    officer = TOLD.steps[1].actor
    assert officer
    county.people([Actor(id="colleague", name="钱进", unit="青川镇人民政府", grants=officer.grants)])
    county.people([step.actor for step in TOLD.steps if step.actor])
    return found


def opened(page: Page, county: County, person: str, task_id: str) -> None:
    enter(page, county, person)
    page.goto(f"{county.address}/tasks/{task_id}")
    filled(page)


def act(page: Page, name: str, confirm: str, choose: str = "", reason: str = "出差在外,请代为办理") -> None:
    """One act of the menu, through its dialog."""
    page.get_by_role("button", name="其他办理").click()
    page.locator(".dropdown-menu").get_by_role("button", name=name, exact=True).click()
    dialog = page.locator(".modal.show")
    expect(dialog).to_be_visible()
    if choose:
        dialog.locator("select").select_option(label=_label(dialog, choose))
    if reason:
        dialog.locator("textarea").fill(reason)
    dialog.get_by_role("button", name=confirm).click()


def _label(dialog: Page | object, name: str) -> str:
    return next(text for text in dialog.locator("option").all_inner_texts() if text.startswith(name))  # type: ignore[union-attr]


def leave(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/login"))


def saved(page: Page) -> None:
    expect(page.locator("#draft-state")).to_contain_text("已保存")


@pytest.mark.timeout(300)
def test_what_is_typed_is_there_again_after_the_log_in_ended(sized: Page, county: County, task: str) -> None:
    opened(sized, county, "officer", task)
    sized.get_by_label("邻里访问情况").fill(TYPED)
    saved(sized)
    with county.edge.database.transaction() as session:
        session.execute(delete(login_session))
    opened(sized, county, "officer", task)
    expect(sized.get_by_label("邻里访问情况")).to_have_value(TYPED)
    expect(sized.locator("#draft-state")).to_contain_text("已恢复")


@pytest.mark.timeout(300)
def test_somebody_else_was_faster_and_both_are_shown(sized: Page, county: County, task: str, camera: Camera) -> None:
    opened(sized, county, "colleague", task)
    sized.get_by_label("邻里访问情况").fill(TYPED)
    saved(sized)
    county.tell_one(TOLD, "b_ut_visit")
    sized.goto(f"{county.address}/tasks/{task}")
    expect(sized.locator(".left-over")).to_contain_text(TYPED)
    expect(sized.locator(".left-over")).to_contain_text("已由")
    look(sized, camera, "task-left-over")


@pytest.mark.timeout(300)
def test_entrusted_work_goes_and_comes_back(sized: Page, county: County, task: str, camera: Camera) -> None:
    opened(sized, county, "officer", task)
    act(sized, "委派", "确认委派", choose="钱进")
    expect(sized.locator(".flash").first).to_contain_text("已委派 钱进")
    expect(sized.get_by_role("button", name="收回委派")).to_be_visible()
    look(sized, camera, "task-entrusted")
    leave(sized)
    opened(sized, county, "colleague", task)
    sized.get_by_label("邻里访问情况").fill(TYPED)
    sized.get_by_role("button", name="交回委派人").click()
    sized.locator(".modal.show textarea").fill("已入户核查,意见见表")
    sized.locator(".modal.show").get_by_role("button", name="确认交回").click()
    expect(sized.locator(".flash").first).to_contain_text("已交回委派人")
    leave(sized)
    opened(sized, county, "officer", task)
    expect(sized.get_by_label("邻里访问情况")).to_have_value(TYPED)


@pytest.mark.timeout(300)
def test_a_step_waits_for_an_opinion_that_was_asked_for(sized: Page, county: County, task: str, camera: Camera) -> None:
    leader = next(step.actor for step in TOLD.steps if step.actor and step.actor.id == "leader")
    opened(sized, county, "officer", task)
    act(sized, "加签", "确认加签", choose=leader.name, reason="请核政策口径")
    expect(sized.locator(".signatures")).to_contain_text("待签署")
    look(sized, camera, "task-cosigned")
    leave(sized)
    opened(sized, county, "leader", task)
    sized.get_by_label("同意", exact=True).check()
    sized.get_by_label("意见", exact=True).fill("同意按此口径办理")
    look(sized, camera, "task-to-sign")
    sized.get_by_role("button", name="签署会签意见").click()
    expect(sized.locator(".flash").first).to_contain_text("已签署")
    expect(sized.locator(".signatures")).to_contain_text("同意按此口径办理")


@pytest.mark.timeout(300)
def test_a_page_that_is_only_looked_at_keeps_no_draft(sized: Page, county: County, task: str) -> None:
    opened(sized, county, "officer", task)
    sized.wait_for_timeout(2500)
    with county.edge.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(task_draft)) == 0


@pytest.mark.timeout(300)
def test_the_case_stands_in_tabs_beside_the_form(sized: Page, county: County, task: str, camera: Camera) -> None:
    opened(sized, county, "officer", task)
    for tab, seen in (("材料", "#papers"), ("流程图", "#picture"), ("经过", "#story"), ("留言", "#remarks")):
        sized.get_by_role("tab", name=tab).click()
        expect(sized.locator(seen)).to_be_visible()
        look(sized, camera, f"task-tab-{seen[1:]}")
    sized.get_by_role("tab", name="留言").click()
    leader = next(step.actor for step in TOLD.steps if step.actor and step.actor.id == "leader")
    sized.get_by_label("写留言").fill(f"@{leader.name} 请看走访照片")
    sized.get_by_role("button", name="保存留言").click()
    expect(sized.locator("#remarks")).to_contain_text("请看走访照片")
    leave(sized)
    enter(sized, county, "leader")
    sized.goto(f"{county.address}/messages")
    expect(sized.locator("main")).to_contain_text("留言中提到您")


@pytest.mark.timeout(300)
def test_copied_pressed_for_and_taken_back(sized: Page, county: County, task: str, camera: Camera) -> None:
    leader = next(step.actor for step in TOLD.steps if step.actor and step.actor.id == "leader")
    opened(sized, county, "officer", task)
    act(sized, "抄送", "确认抄送", choose=leader.name, reason="请阅")
    expect(sized.locator(".flash").first).to_contain_text("已抄送 1 人")
    leave(sized)
    enter(sized, county, "leader")
    sized.goto(f"{county.address}/tasks/{task}")
    expect(sized).to_have_url(re.compile("/cases/"))
    sized.get_by_role("button", name="已阅").click()
    expect(sized.locator(".flash").first).to_contain_text("已阅")
    sized.get_by_role("button", name="催办").first.click()
    sized.locator(".modal.show").get_by_role("button", name="确认催办").click()
    expect(sized.locator(".flash").first).to_contain_text("已催办")
    look(sized, camera, "case-copied")
    leave(sized)
    step = next(each for each in TOLD.steps if each.task == "b_ut_visit")
    assert step.at
    county.set_clock(step.at)
    opened(sized, county, "officer", task)
    fill(sized, step.fields)
    sized.locator(".action-bar .btn-primary").click()
    expect(sized.locator(".flash").first).to_contain_text("已提交")
    sized.goto(f"{county.address}/tasks/{task}")
    sized.get_by_role("button", name="撤回", exact=True).click()
    sized.locator(".modal.show textarea").fill("收入写错,改正后重报")
    sized.locator(".modal.show").get_by_role("button", name="确认撤回").click()
    expect(sized.locator(".flash").first).to_contain_text("已撤回")
    expect(sized.get_by_label("邻里访问情况")).to_have_value(str(step.fields["neighbours"]))


@pytest.mark.timeout(300)
def test_absences_handovers_and_lists_fit_and_read(sized: Page, county: County, task: str, camera: Camera) -> None:
    county.people([Actor(id="security", name="安稳", grants=(Grant(role="security_admin"),))])
    enter(sized, county, "officer")
    sized.goto(f"{county.address}/absences")
    sized.get_by_label("止日(含)").fill("2025-10-10")
    sized.get_by_label("代办人").select_option("colleague")
    sized.get_by_label("事由").fill("参加培训")
    sized.get_by_role("button", name="登记外出").click()
    expect(sized.locator(".flash").first).to_contain_text("外出已登记")
    look(sized, camera, "absences")
    sized.goto(f"{county.address}/inbox/to-sign")
    look(sized, camera, "to-sign")
    leave(sized)
    enter(sized, county, "security")
    sized.goto(f"{county.address}/people/leader/handover")
    expect(sized.locator("main")).to_contain_text("没有其他人办理")
    look(sized, camera, "handover")
    sized.get_by_label("接收人", exact=True).select_option("colleague")
    sized.get_by_label("移交原因").fill("调离本镇")
    sized.get_by_role("button", name="移交全部事项").click()
    expect(sized.locator("h1")).to_contain_text("岗位移交清单")
    look(sized, camera, "handover-list")
    sized.goto(f"{county.address}/people/head")
    look(sized, camera, "person")
