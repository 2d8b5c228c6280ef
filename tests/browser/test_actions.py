"""Every act of an office on the real pages, at both widths and in both languages, with what the next person sees.

Where each command of the pages is shown (address of the command, then the test; of this file where no file is named):

    handovers.claim             test_claimed_and_given_back
    handovers.unclaim           test_claimed_and_given_back
    handovers.delegate          test_handed_to_a_colleague
    handovers.send_back         test_sent_back_to_an_earlier_step
    entrusting.entrust          test_entrusted_handed_back_and_called_back
    entrusting.hand_back        test_entrusted_handed_back_and_called_back
    entrusting.take_back        test_taken_back_before_the_next_began
    cosigning.add               test_opinions_asked_for_dropped_and_given
    cosigning.remove            test_opinions_asked_for_dropped_and_given
    cosigning.sign              test_opinions_asked_for_dropped_and_given, test_signing_as_the_step_sets_it
    telling.copy                test_copied_and_read
    telling.read                test_copied_and_read
    telling.urge                test_pressed_for
    telling.remark              test_a_remark_reaches_who_is_named
    tasks.complete              test_an_attachment_is_looked_at_by_the_next; every form: test_told_stories.py
    drafts.save                 test_a_draft_outlives_the_log_in; conflict: test_task_page.py
    files.upload                test_an_attachment_is_looked_at_by_the_next
    inbox_deeds.claim           test_inbox.py (four seats)
    inbox_deeds.assign          test_inbox.py (four seats)
    inbox_marking.mark          test_inbox.py (four seats)
    inbox_deeds.columns         test_inbox.py (four seats)
    inbox_deeds.save_filter     test_inbox.py (four seats)
    inbox_deeds.remove_filter   test_inbox.py (four seats)
    absences.enter              test_case_actions.py::test_an_absent_colleague_has_a_substitute
    absences.end                test_case_actions.py::test_an_absent_colleague_has_a_substitute
    absences.hand_over          test_case_actions.py::test_a_post_is_handed_over_with_a_list_to_sign
    readings.unmask             test_case_actions.py::test_a_name_is_shown_for_a_reason_that_the_leader_reads
    applications.withdraw       test_case_actions.py::test_an_application_is_withdrawn
    applications.supplement     test_told_stories.py; in English: test_case_actions.py::test_papers_are_brought_later
    applications.take_down      test_case_actions.py::test_a_notice_is_taken_down
    messages.read               test_copied_and_read
    applications.tell           tests/web/test_tellings.py
    start.begin                 test_case_actions.py::test_an_application_at_the_window; by the village: the next one
    reporting.send              test_children.py (under a minute, by hand, at 390 px, both languages)
    sheets.ask                  test_sheet_looks.py (four seats: asked, approved by a second person, downloaded)
    sheets.decide               test_sheet_looks.py
    sheets.load                 test_sheet_looks.py (line by line, what came back is downloaded)
    visits.send                 test_visits_offline.py
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from cases.sessions import login_session
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from tests.browser.county import COUNTY, PROCESSES, County
from tests.browser.desks import FIRST, case, log_ins, numbers, office, seated, whole_county
from tests.browser.forms import fill
from tests.browser.offices import STEP, STRAIGHT, Case, Office, begun

HERE = Path(__file__)
__all__ = ["case", "log_ins", "numbers", "office", "whole_county"]

pytestmark = pytest.mark.timeout(120)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


@seated()
def test_claimed_and_given_back(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    office.sees_row("officer", task, "unclaimed")
    page = office.open("officer", f"/tasks/{task}")
    office.fits(page)
    name = heading(page)
    office.button(page, "领取").click()
    office.told(page, "已领取,由您办理。")
    office.sees_row("colleague", task, "unclaimed", there=False)
    office.button(page, "其他办理").click()
    office.button(page, "退领").click()
    office.told(page, "已退领,同岗位的同事可以领取。")
    office.sees_row("colleague", task, "unclaimed")
    office.sees_history("leader", case, name, ("领取:{name}", "赵敏"), ("退领:{name}", "赵敏"))


@seated(crossed=True)
def test_handed_to_a_colleague(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("officer", f"/tasks/{task}")
    name = heading(page)
    office.act(page, "转办", "确认转办", reason="下乡走访三天", choose="colleague")
    office.told(page, "已转给 {name}。", name="钱进")
    office.sees_row("officer", task, there=False)
    office.sees_message("colleague", "转办", "下乡走访三天")
    office.sees_row("colleague", task)
    office.sees_history("leader", case, name, ("转办:{name}", "钱进", "下乡走访三天"))


@seated()
def test_entrusted_handed_back_and_called_back(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("officer", f"/tasks/{task}")
    name = heading(page)
    office.act(page, "委派", "确认委派", reason="请代核原件", choose="colleague")
    office.told(page, "已委派 {name} 承办,交回后由您办结。", name="钱进")
    office.fits(page)
    office.sees_message("colleague", "委派", "请代核原件")
    other = office.open("colleague", f"/tasks/{task}")
    office.fits(other)
    office.act(other, "交回委派人", "确认交回", reason="原件都已核对")
    office.told(other, "已交回委派人。")
    office.sees_message("officer", "交回", "原件都已核对")
    page.goto(f"{office.county.address}/tasks/{task}")
    office.act(page, "委派", "确认委派", reason="请再核一次", choose="colleague")
    office.told(page, "已委派 {name} 承办,交回后由您办结。", name="钱进")
    office.act(page, "收回委派", "确认收回", reason="本人已回镇")
    office.told(page, "已收回,由您办理。")
    office.sees_history("leader", case, name, ("委派:{name}",), ("交回:{name}",), ("收回委派:{name}",))


@seated(crossed=True)
def test_opinions_asked_for_dropped_and_given(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("officer", f"/tasks/{task}")
    name = heading(page)
    office.act(page, "加签", "确认加签", reason="请核政策口径", choose="leader")
    office.told(page, "已请 {name} 会签,意见收齐后才能办结。", name="孙立")
    office.act(page, "加签", "确认加签", reason="请核签章", choose="head")
    page.get_by_role("button", name=re.compile(f"{office.say('减签')} 周强")).click()
    dialog = page.locator(".modal.show")
    dialog.locator("textarea").fill("已口头答复")
    office.button(dialog, "确认减签").click()
    office.told(page, "已减签。")
    office.sees_message("head", "不再请您会签")
    office.sees_message("leader", "会签", "请核政策口径")
    other = office.open("leader", "/tasks/to-sign")
    other.get_by_role("link", name=name).filter(visible=True).first.click()
    sign(office, other, "同意按此口径办理")
    office.sees_message("officer", "已就", "签署会签意见")
    page.goto(f"{office.county.address}/tasks/{task}")
    expect(page.locator(".signatures")).to_contain_text("同意按此口径办理")
    office.sees_history("leader", case, name, ("加签:{name}",), ("减签:{name}",), ("会签:{name}",))


def sign(office: Office, page: Page, opinion: str) -> None:
    """Give the opinion that the page asks for."""
    page.get_by_label(office.say("同意"), exact=True).check()
    page.get_by_label(office.say("意见"), exact=True).fill(opinion)
    office.fits(page)
    office.button(page, "签署会签意见").click()
    office.told(page, "会签意见已签署。")


@seated()
def test_sent_back_to_an_earlier_step(office: Office, case: Case) -> None:
    case.do(FIRST)
    case.do("b_ut_visit")
    page = office.open("leader", f"/tasks/{case.task('b_ut_town_review')}")
    name = heading(page)
    office.act(page, "退回", "确认退回", reason="收入核查缺凭证", choose="b_ut_visit")
    office.told(page, "已退回。")
    office.sees_message("officer", "退回", "收入核查缺凭证")
    office.sees_row("officer", case.task("b_ut_visit"))
    office.sees_history("officer", case, name, ("退回:{name}", "收入核查缺凭证"))


@seated(crossed=True)
def test_taken_back_before_the_next_began(office: Office, case: Case) -> None:
    case.do(FIRST)
    done = case.task("b_ut_visit")
    case.do("b_ut_visit")
    office.sees_row("leader", case.task("b_ut_town_review"))
    page = office.open("officer", f"/tasks/{done}")
    name = heading(page)
    office.fits(page)
    office.act(page, "撤回", "确认撤回", reason="收入写错,改正后重报")
    office.told(page, "已撤回,您填写的内容在草稿里,可以修改后重新提交。")
    expect(page.get_by_label("邻里访问情况")).to_have_value(str(STEP["b_ut_visit"].fields["neighbours"]))
    office.sees_row("officer", case.task("b_ut_visit"))
    office.sees_history("leader", case, name, ("撤回:{name}", "收入写错"))


@seated()
def test_copied_and_read(office: Office, case: Case) -> None:
    task = case.task(FIRST)
    page = office.open("officer", f"/tasks/{task}")
    name = heading(page)
    office.act(page, "抄送", "确认抄送", reason="请阅,本镇首例", choose="leader")
    office.told(page, "已抄送 {count} 人。", count=1)
    office.sees_message("leader", "抄送", "本镇首例")
    told = office.page("leader")
    told.get_by_role("combobox", name=office.say("哪一类")).select_option("opinions")
    office.button(told, "查看").click()
    told.get_by_role("navigation", name=office.say("消息分类")).get_by_role("link", name=office.say("未读")).click()
    row = told.locator("tbody tr", has_text="本镇首例").first
    before = told.locator("tbody tr").count()
    row.get_by_role("button", name=re.compile(office.say("标为已读"))).click()
    expect(told.locator("tbody tr")).to_have_count(before - 1)
    expect(told.get_by_role("combobox", name=office.say("哪一类"))).to_have_value("opinions")
    office.fits(told)
    other = office.open("leader", "/inbox?tab=copied")
    expect(other.locator("[data-rows] a[data-row]").first).to_be_visible()
    other.goto(f"{office.county.address}/cases/{case.id}")
    expect(other.locator("main")).to_contain_text("请阅,本镇首例")
    office.button(other, "已阅").click()
    office.told(other, "已标为已阅。")
    page.goto(f"{office.county.address}/tasks/{task}")
    page.get_by_role("tab", name=office.say("经过")).click()
    expect(page.locator("#story")).to_contain_text(office.say("已阅"))
    office.sees_history("leader", case, name, ("抄送:{name}", "孙立"))


@seated(crossed=True)
def test_pressed_for(office: Office, case: Case) -> None:
    page = office.open("leader", f"/cases/{case.id}")
    name = page.locator("main td .btn").first.locator(".visually-hidden").inner_text().strip()
    urge(office, page, "请今天办结")
    office.told(page, "已催办,办理人会收到消息。")
    office.sees_message("officer", "催办", "请今天办结")
    office.sees_history("leader", case, name, ("催办:{name}", "孙立"))
    urge(office, page, "再催一次,说明写了很久")
    expect(page.locator("h1")).to_contain_text("24")
    office.button(page, "返回上一页").click()
    expect(page).to_have_url(re.compile("/cases/"))
    expect(page.locator("textarea[name=note]").first).to_have_value("再催一次,说明写了很久")


def urge(office: Office, page: Page, note: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{office.say('催办')} ")).first.click()
    dialog = page.locator(".modal.show")
    dialog.locator("textarea").fill(note)
    office.button(dialog, "确认催办").click()


@pytest.fixture(scope="module")
def signed_steps(whole_county: County, numbers: Iterator[int], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Applications under three versions of the process, in which the owner set how the first step is signed."""
    made: dict[str, list[Case]] = {}
    for mode in ("all", "any", "in_turn", ""):
        folder = shutil.copytree(PROCESSES, tmp_path_factory.mktemp("signed") / "processes") / "application"
        diagram = folder / "application.bpmn"
        role = '<spiffworkflow:property name="role" value="town_officer" />'
        setting = "".join(
            f'<spiffworkflow:property name="{name}" value="{value}" />'
            for name, value in (("sign", mode), ("signers", "town_leader, town_head"))
        )
        before, found, after = diagram.read_text().partition(f'<bpmn:userTask id="{FIRST}"')
        text = before + found + after.replace(role, role + setting, 1) if mode else before + found + after + "\n"
        diagram.write_text(text)
        with whole_county.edge.database.transaction() as session:
            deploy(session, whole_county.edge.env, read_folder(folder), actor=COUNTY, now=whole_county.now())
        if mode:
            made[mode] = [begun(whole_county, next(numbers)) for _seat in STRAIGHT]
    whole_county.settle()
    return made


@seated()
def test_signing_as_the_step_sets_it(office: Office, signed_steps: dict[str, list[Case]]) -> None:
    """会签: both sign; 或签: one is enough; 依次: the second waits for the first."""
    for mode, signers, words in (
        ("all", ("head", "leader"), "会签:全部签署后才能办结"),
        ("any", ("head",), "或签:一人签署即可办结"),
        ("in_turn", ("leader", "head"), "依次会签:按顺序签署"),
    ):
        task = signed_steps[mode].pop().task(FIRST)
        if mode == "in_turn":
            early = office.open("head", f"/tasks/{task}")
            early.get_by_label(office.say("同意"), exact=True).check()
            early.get_by_label(office.say("意见"), exact=True).fill("先签了")
            office.button(early, "签署会签意见").click()
            expect(early.locator("h1")).to_contain_text("轮到")
        for signer in signers:
            page = office.open("officer", f"/tasks/{task}")
            expect(page.locator(".signatures")).to_contain_text(office.say(words))
            if mode == "all":
                submit(office, page)
                expect(page.locator("#form-summary")).to_contain_text("还差")
            sign(office, office.open(signer, f"/tasks/{task}"), "同意")
        submit(office, office.open("officer", f"/tasks/{task}"))
        office.told(office.page("officer"), "已提交。")
        office.county.settle()


def submit(office: Office, page: Page) -> None:
    """Fill in the check of the papers and submit it."""
    fill(page, STEP[FIRST].fields)
    page.locator(".action-bar .btn-primary").click()


@seated(crossed=True)
def test_a_draft_outlives_the_log_in(office: Office, case: Case, log_ins: dict[str, list[Any]]) -> None:
    case.do(FIRST)
    task = case.task("b_ut_visit")
    page = office.open("officer", f"/tasks/{task}")
    page.get_by_label("邻里访问情况").fill("邻居证实家庭收入低")
    expect(page.locator("#draft-state")).to_contain_text(office.say("已保存 {time}", time=""))
    with office.county.edge.database.transaction() as session:
        session.execute(sa.delete(login_session))
    log_ins.clear()
    page.get_by_label("邻里访问情况").fill("邻居证实家庭收入低,孩子寄宿")
    expect(page.locator("#draft-state")).to_contain_text(office.say("草稿没有保存:登录已失效,请在新窗口重新登录。"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{office.county.address}/login")
    page.locator("button[name=person][value='officer']").click()
    page.goto(f"{office.county.address}/tasks/{task}")
    expect(page.get_by_label("邻里访问情况")).to_have_value("邻居证实家庭收入低")
    expect(page.locator("#draft-state")).to_contain_text(office.say("已恢复 {time} 保存的草稿", time="")[:3])


@seated()
def test_a_remark_reaches_who_is_named(office: Office, case: Case) -> None:
    page = office.open("officer", f"/tasks/{case.task(FIRST)}")
    tab = page.get_by_role("tab", name=office.say("留言"))
    tab.click()
    leader = page.locator("#remark-names option", has_text="孙立").get_attribute("value")
    page.get_by_label(office.say("提醒谁看")).select_option(leader)
    text = page.get_by_label(office.say("写留言"))
    expect(text).to_be_focused()
    text.press_sequentially("请看走访照片")
    office.button(page, "保存留言").click()
    office.told(page, "留言已保存。")
    expect(page.locator("#remarks")).to_contain_text("请看走访照片")
    office.sees_message("leader", "留言中提到您", "请看走访照片")


@seated(crossed=True)
def test_an_attachment_is_looked_at_by_the_next(office: Office, case: Case) -> None:
    case.do(FIRST)
    page = office.open("officer", f"/tasks/{case.task('b_ut_visit')}")
    fill(page, STEP["b_ut_visit"].fields)
    page.locator(".action-bar .btn-primary").click()
    office.told(page, "已提交。")
    office.county.settle()
    other = office.open("leader", f"/tasks/{case.task('b_ut_town_review')}")
    other.get_by_role("tab", name=office.say("材料")).click()
    other.locator(".attachments").get_by_role("link", name="house.jpg").first.click()
    expect(other.get_by_role("dialog", name="house.jpg")).to_be_visible()
    other.get_by_role("dialog").get_by_role("button", name=office.say("关闭")).click()
    expect(other.get_by_role("dialog")).to_have_count(0)


def test_every_command_of_the_pages_is_named_above(whole_county: County) -> None:
    told = dict(re.findall(r"^    ([a-z_]+\.[a-z_]+) +(\S.*)$", __doc__ or "", re.MULTILINE))
    listed = set(tomllib.loads((HERE.parents[1] / "data/access/routes.toml").read_text()))
    commands = {
        rule.endpoint
        for rule in whole_county.app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.rule.startswith(("/tasks", "/inbox", "/cases"))
        and rule.endpoint in listed
    }
    assert len(commands) > 20
    assert commands <= set(told), commands - set(told)
    here = HERE.read_text() + HERE.with_name("test_case_actions.py").read_text()
    for where in told.values():
        tests, files = re.findall(r"\btest_[a-z_]+\b(?!\.py)", where), re.findall(r"[a-z_/]+\.py", where)
        assert tests or files
        assert all(f"def {name}(" in here for name in tests), where
        assert all((HERE.parent / name).is_file() or (HERE.parents[2] / name).is_file() for name in files), where
