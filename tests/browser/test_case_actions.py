"""What is done with a case and with a post rather than with one task, as `test_actions.py` does it for tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desks import FIRST, MORNING, case, log_ins, numbers, office, seated, whole_county
from tests.browser.forms import fill
from tests.browser.offices import STEP, Case, Office, child, people
from tests.browser.test_actions import heading

__all__ = ["case", "log_ins", "numbers", "office", "whole_county"]

SUPPLEMENT = {"result": "需补正", "missing": ["M25"]}

pytestmark = pytest.mark.timeout(120)


@seated()
def test_an_absent_colleague_has_a_substitute(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("officer", f"/tasks/{task}")
    name = heading(page)
    office.button(page, "领取").click()
    page = office.open("officer", "/absences")
    page.get_by_label(office.say("止日(含)")).fill("2025-10-10")
    page.get_by_label(office.say("代办人")).select_option("colleague")
    page.get_by_label(office.say("事由")).fill("参加培训")
    office.fits(page)
    office.button(page, "登记外出").click()
    office.told(page, "外出已登记,期间由代办人领取您名下的事项。")
    office.sees_row("colleague", task)
    other = office.open("colleague", f"/tasks/{task}")
    other.get_by_role("button", name=office.say("代 {name} 领取", name="赵敏"), exact=True).click()
    office.told(other, "已领取,由您办理。")
    office.sees_history("leader", case, name, ("领取:{name}", "钱进", office.say("代 {name}", name="赵敏")))
    page = office.open("officer", "/absences")
    office.button(page, "结束外出").first.click()
    office.told(page, "外出登记已结束。")


@seated(crossed=True)
def test_a_name_is_shown_for_a_reason_that_the_leader_reads(office: Office, case: Case) -> None:
    page = office.open("officer", f"/tasks/{case.task(FIRST)}")
    expect(page.locator("#child-head")).not_to_contain_text("13812345678")
    page.locator("#child-head summary").click()
    page.get_by_label(office.say("查阅目的")).select_option(index=1)
    page.locator("#unmask-note").fill("核对身份证原件")
    office.button(page, "记录并显示").click()
    expect(page.locator("#child-head")).to_contain_text("13812345678")
    other = office.open("leader", "/readings")
    expect(other.locator("main tbody tr").first).to_contain_text("核对身份证原件")
    expect(other.locator("main tbody tr").first).to_contain_text("赵敏")


@seated()
def test_an_application_at_the_window(office: Office, numbers: Iterator[int]) -> None:
    _started(office, "window", "开始填写", numbers, STEP["start"].fields)
    newest = office.open("officer", "/inbox?tab=unclaimed")
    expect(newest.locator("[data-rows] tbody tr").first).to_be_visible()


@seated(crossed=True)
def test_the_village_hands_on_an_application(office: Office, numbers: Iterator[int]) -> None:
    entrusted = {
        **STEP["start"].fields,
        "entrusted": True,
        "entrust_reason": "奶奶肢体残疾,行动不便,离镇二十公里",
        "relation": "祖父母",
    }
    case = _started(office, "village", "填写并转交", numbers, entrusted)
    office.sees_row("village", case.task("b_ut_village_forward"))


def _started(office: Office, person: str, verb: str, numbers: Iterator[int], fields: Mapping[str, Any]) -> Case:
    """Fill in the application on the way that the person's card opens."""
    page = office.open(person, "/start")
    page.get_by_role("link", name=office.say(verb), exact=True).first.click()
    expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
    fill(page, {**fields, **child(next(numbers))})
    page.locator(".action-bar .btn-primary").click()
    page.wait_for_url(re.compile("/cases/"))
    office.told(page, "已提交。受理机关会在规定时限内办理,进展见下。")
    office.county.settle()
    return Case(county=office.county, id=page.url.rpartition("/")[2])


@seated()
def test_an_application_is_withdrawn(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("guardian", f"/cases/{case.id}")
    office.fits(page)
    office.act(page, "撤回申请", "确认撤回", reason="孩子已随父亲外出")
    office.told(page, "申请已撤回。")
    office.county.settle()
    office.sees_row("officer", task, there=False)
    seen = office.open("leader", f"/cases/{case.id}")
    expect(seen.locator(".history li").first).to_be_visible()
    expect(seen.locator(".page-head .pill-completed")).to_be_visible()


@seated(crossed=True)
def test_papers_are_brought_later(office: Office, case: Case) -> None:
    officer = next(each for each in people() if each.id == "officer")
    case.county.complete(case.task(FIRST), SUPPLEMENT, officer, f"{case.id}-supplement")
    case.county.settle()
    page = office.open("guardian", f"/cases/{case.id}")
    office.fits(page)
    page.locator("#supplement input[type=file]").set_input_files(
        {"name": "m25.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nM25"}
    )
    office.button(page, "提交补正材料").click()
    office.told(page, "补正材料已提交,由受理窗口审查。")
    office.county.settle()
    office.sees_row("officer", case.task(f"{FIRST}_again"))


@seated()
def test_a_notice_is_taken_down(office: Office, case: Case) -> None:
    for element in (FIRST, "b_ut_visit", "b_ut_town_review", "b_ut_town_sign"):
        case.do(element)
    case.do("c_ut_post", posted_at=MORNING)
    page = office.open("officer", f"/cases/{case.id}")
    office.act(page, "立即撤下公示", "确认撤下", reason="孩子住址被写进公示")
    office.told(page, "已通知村(居)立即撤下公示。")
    office.county.settle()
    row = office.open("village", "/inbox").locator("[data-rows] tbody tr")
    expect(row.filter(has_text=re.compile("撤")).first).to_be_visible()


@seated(crossed=True)
def test_a_post_is_handed_over_with_a_list_to_sign(office: Office, case: Case) -> None:
    leaving = f"leaving-{office.language}"
    task = case.task(FIRST)
    officer = next(each for each in people() if each.id == "officer")
    office.county.people([replace(officer, id=leaving, name="常离")])
    page = office.open(leaving, f"/tasks/{task}")
    office.button(page, "领取").click()
    office.told(page, "已领取,由您办理。")
    page = office.open("security", f"/people/{leaving}/handover")
    page.get_by_label(office.say("接收人"), exact=True).select_option("colleague")
    page.get_by_label(office.say("移交原因")).fill("调离本镇")
    office.fits(page)
    office.button(page, "移交全部事项").click()
    office.told(page, "已移交。请打印清单,由双方签字。")
    expect(page.locator("article tbody tr")).to_have_count(1)
    expect(page.locator("article")).to_contain_text(office.say("监交人(签字)"))
    office.sees_row("colleague", task)


@seated(crossed=True)
def test_long_work_says_that_it_goes_on(office: Office, case: Case) -> None:
    page = office.open("officer", "/sheets")
    page.evaluate(
        "window.addEventListener('submit', event => event.preventDefault())"
    )  # as if the answer took its time
    page.locator("#file").set_input_files({"name": "a.xlsx", "mimeType": "application/x", "buffer": b"no sheet"})
    office.button(page, "检查并导入").click()
    words = office.say("正在逐行检查并导入,行数多时要等一会儿,请不要关闭本页……")
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    held: list[Route] = []
    page = office.open("officer", f"/tasks/{case.task(FIRST)}")
    fill(page, STEP[FIRST].fields)
    page.route("**/complete", lambda route: held.append(route))
    page.locator(".action-bar .btn-primary").click()
    expect(page.get_by_role("status").filter(has_text=office.say("正在提交……"))).to_be_visible()
    held[0].continue_()
    office.told(page, "已提交。")
