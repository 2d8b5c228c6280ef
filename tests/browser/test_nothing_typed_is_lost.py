"""A long form, and what may go wrong before it is sent: the log-in ends, the network goes, a rule is broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from cases.sessions import login_session
from cases.story import read_story
from tests.browser.county import County
from tests.browser.forms import fill
from tests.browser.test_looks import STORY

TYPED = "邻居证实家庭收入低,孩子寄宿在校"


@pytest.fixture
def form(page: Page, county: County) -> Page:
    """入户调查与核查意见, filled in."""
    story = read_story(STORY)
    task = county.tell(story, "b_ut_visit")
    step = next(step for step in story.steps if step.task == "b_ut_visit")
    assert step.at
    county.set_clock(step.at)
    page.goto(f"{county.address}/login")
    page.locator("button[name=person][value='officer']").click()
    page.goto(f"{county.address}/tasks/{task}")
    fill(page, step.fields)
    return page


def send(page: Page) -> None:
    page.locator(".action-bar .btn-primary").click()


def test_the_login_ends_and_the_form_stays(form, county, context):
    with county.edge.database.transaction() as session:
        session.execute(delete(login_session))
    send(form)
    expect(form.locator("#form-summary")).to_contain_text("登录已失效")
    expect(form.get_by_label("邻里访问情况")).to_have_value(TYPED)
    with context.expect_page() as opened:
        form.get_by_role("link", name="打开新窗口登录").click()
    opened.value.locator("button[name=person][value='officer']").click()
    expect(opened.value.get_by_role("button", name="退出")).to_be_visible()
    form.bring_to_front()
    send(form)
    expect(form.locator(".flash").first).to_contain_text("已提交")
    assert county.open_task("b_ut_town_review")


def test_the_network_goes_and_the_form_stays(form, county, context):
    context.set_offline(True)
    send(form)
    expect(form.locator("#form-summary")).to_contain_text("网络不通")
    expect(form.get_by_label("邻里访问情况")).to_have_value(TYPED)
    context.set_offline(False)
    send(form)
    expect(form.locator(".flash").first).to_contain_text("已提交")


def test_the_servers_answer_stands_at_the_field_and_in_the_summary(form, county):
    form.get_by_label("走访时间").fill("2030-01-01T10:00")
    send(form)
    expect(form.locator("#form-summary")).to_contain_text("走访时间")
    expect(form.locator(".fjs-has-errors").filter(has_text="走访时间")).to_be_visible()
    form.locator("#form-summary a").first.click()
    expect(form.get_by_label("走访时间")).to_be_focused()
    expect(form.get_by_label("邻里访问情况")).to_have_value(TYPED)


def test_a_double_click_sends_once(form, county):
    form.locator(".action-bar .btn-primary").dblclick()
    expect(form.locator(".flash").first).to_contain_text("已提交")
    assert county.open_task("b_ut_town_review")


def test_a_colleague_was_faster(form, county):
    story = read_story(STORY)
    county.tell_one(story, "b_ut_visit")
    send(form)
    expect(form.locator("#form-summary")).to_contain_text("已经办结")
    expect(form.get_by_label("邻里访问情况")).to_have_value(TYPED)
