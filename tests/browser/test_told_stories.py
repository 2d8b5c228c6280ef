"""The county's told stories, done by hand in the browser: every person logs in, finds the task and fills in the form.

The stories stand beside the process (`scenarios/*.toml`); here they are read, and the pages take the place of the
commands. What is expected of tasks and dates is looked up in the pages' own database.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from cases.story import Step, Story, read_story
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.queries.instance import instance
from engine.queries.instances import instances
from engine.queries.open_tasks import open_tasks
from tests.browser.conftest import Camera
from tests.browser.county import PROCESSES, County
from tests.browser.forms import NotOnTheForm, fill

SCENARIOS = PROCESSES / "application" / "scenarios"
#: Where the walk is photographed: after which step of AC-01 who looks at what.
TITLE = "困境儿童分类保障申请审批"


def log_in(page: Page, county: County, actor: Actor) -> None:
    """Be this person."""
    page.goto(f"{county.address}/login")
    page.locator(f"button[name=person][value='{actor.id}']").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def move_clock(page: Page, county: County, to: datetime) -> None:
    """Move the demonstration's clock on its page, and wait until the worker has done what came due."""
    if to <= county.now():
        return
    page.goto(f"{county.address}/demo/clock")
    page.get_by_label("拨到(县里的时间)").fill(f"{to.astimezone(COUNTY_ZONE):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="拨过去").click()
    expect(page.locator(".flash")).to_contain_text("时钟已拨到")
    county.settle()


def the_instance(county: County) -> str:
    with county.edge.database.reading() as session:
        return instances(session, actor=Actor.system("test")).rows[0].id


def open_task_id(county: County, element: str, department: str | None) -> str:
    with county.edge.database.reading() as session:
        tasks = open_tasks(session, county.edge.env, the_instance(county), actor=Actor.system("test"))
    found = [task for task in tasks if task.element_id == element and department in (None, task.department)]
    assert found, f"{element} is not open; open are {[task.element_id for task in tasks]}"
    return found[0].id


def do_step(page: Page, county: County, step: Step, camera: Camera, shots: str) -> None:
    assert step.actor is not None
    log_in(page, county, step.actor)
    if step.do == "start":
        page.goto(f"{county.address}/start")
        page.get_by_role("link", name="填写").first.click()
    else:
        wanted = open_task_id(county, step.task or "", step.department)
        page.goto(f"{county.address}/inbox")
        link = page.locator(f"a[data-row][href='/tasks/{wanted}']")
        expect(link).to_be_visible()
        camera.take(page, f"{shots}-inbox")
        page.goto(f"{county.address}/tasks/{wanted}")  # the whole page; the pane beside the list has a test of its own
    expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
    try:
        fill(page, step.fields)
    except NotOnTheForm:
        assert step.refused, "only what is to be refused may be missing from the form"
        return
    camera.take(page, f"{shots}-form")
    before = page.url
    page.locator(".action-bar .btn-primary").click()
    if step.refused:
        expect(page.locator("#form-summary")).to_be_visible()
        assert page.url == before
        camera.take(page, f"{shots}-refused")
    else:
        expect(page.locator(".flash").first).to_contain_text("已提交")
        county.settle()


def send_message(page: Page, county: County, step: Step, guardian: Actor, camera: Camera) -> None:
    """What an applicant or a township does on the case's page."""
    log_in(page, county, step.actor or guardian)
    page.goto(f"{county.address}/cases/{the_instance(county)}")
    if step.message == "MSG_SUPPLEMENT_SUBMITTED":
        page.locator("#supplement input[type=file]").set_input_files(
            {"name": "m25.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nM25"}
        )
        camera.take(page, "supplement")
        page.get_by_role("button", name="提交补正材料").click()
    else:
        page.get_by_role("button", name="撤回申请").click()
        page.get_by_label("撤回原因").fill("孩子已随父亲外出")
        page.get_by_role("button", name="确认撤回").click()
    expect(page.locator(".flash").first).to_be_visible()
    county.settle()


def check_tasks(county: County, step: Step) -> None:
    """The tasks that the story expects, with their due dates."""
    with county.edge.database.reading() as session:
        tasks = open_tasks(session, county.edge.env, the_instance(county), actor=Actor.system("test"))
    for wanted in step.expect:
        if "task" in wanted:
            due = {task.due_at for task in tasks if task.element_id == wanted["task"]}
            assert due, f"{wanted['task']} is not open: {[task.element_id for task in tasks]}"
            assert "due" not in wanted or wanted["due"] in due, f"{wanted['task']} is due {due}"
        if "no_task" in wanted:
            assert wanted["no_task"] not in {task.element_id for task in tasks}


def tell(page: Page, county: County, story: Story, camera: Camera) -> None:
    """Do every step of the story."""
    actors = {step.actor.id: step.actor for step in story.steps if step.actor}
    county.set_clock(story.clock)
    county.people(actors.values())
    anybody = next(iter(actors.values()))
    log_in(page, county, anybody)
    for step in story.steps:
        if step.at:
            log_in(page, county, step.actor or anybody)
            move_clock(page, county, step.at)
        if step.do == "message":
            send_message(page, county, step, anybody, camera)
        elif step.do != "advance":
            do_step(page, county, step, camera, f"{story.name}-{step.number:02d}")
        check_tasks(county, step)


@pytest.mark.timeout(600)
def test_the_straight_approval_over_national_day(page, county, camera):
    """AC-01, every person, every form, every date."""
    story = read_story(SCENARIOS / "ac01_straight_approval.toml")
    tell(page, county, story, camera)
    with county.edge.database.reading() as session:
        assert instances(session, actor=Actor.system("test")).rows[0].status == "completed"


@pytest.mark.timeout(600)
def test_papers_are_missing_and_come_later(page, county, camera):
    """需补正: one list, the papers come, the case goes on."""
    tell(page, county, read_story(SCENARIOS / "supplement_then_resume.toml"), camera)


@pytest.mark.timeout(600)
def test_the_township_refuses_with_written_reasons(page, county, camera):
    """不符合: papers back, reasons in writing, and the county never hears of it."""
    tell(page, county, read_story(SCENARIOS / "refused_by_town.toml"), camera)
    with county.edge.database.reading() as session:
        assert (
            instance(session, county.edge.env, the_instance(county), actor=Actor.system("test")).end_event
            == "REJECTED_TOWN"
        )
