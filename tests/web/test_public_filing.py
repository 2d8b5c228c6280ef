"""What anybody files without a log-in: kept as an intake row, carried into the process, answered by receipt number."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases import demo_clock, intake, parameters
from cases.demo_people import holder
from cases.intake import Course
from cases.intake import intake as rows
from cases.notices import public_notice
from cases.reports import report as report_rows
from engine.access import Actor, Grant
from engine.calendar import end_of_day
from engine.commands.complete_task import complete_task
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.errors import SubmissionInvalid
from engine.store.instance import instance
from engine.store.user_task import OPEN, user_task
from tasks import intake as delivery
from tasks.pump import PUMP, register
from tasks.workshop import Workshop
from web.commandline.outside import grants
from web.edge import Edge
from web.public import pace

PROCESSES = Path(__file__).parents[2] / "processes"
REPORT = {
    "found_at": "2025-09-24T09:30",
    "place": "青川镇石门村小学门口",
    "division": "519927101001",
    "situations": ["S9"],
    "police": "yes",
    "reporter_phone": "13800005678",
}
OBJECTION = {"notice_no": "GS519927101-2025-0001", "content": "该户在县城有商品房一套,可查登记。"}


KEEPER = Actor(id="p-security", name="安稳", grants=(Grant(role="security_admin"),))


@pytest.fixture
def published(edge: Edge) -> Edge:
    with edge.database.transaction() as session:
        demo_clock.begin_at(
            session, edge.settings, instant=datetime(2025, 9, 24, 2, 0, tzinfo=UTC), actor=Actor.system("test")
        )
        for key in ("report", "objection"):
            deploy(session, edge.env, read_folder(PROCESSES / key), actor=Actor.system("deploy"), now=edge.clock.now())
    return edge


def workshop(edge: Edge) -> Workshop:
    with edge.database.reading() as session:
        clock = demo_clock.load_clock(session, edge.settings)
    return Workshop(database=edge.database, env=edge.env, clock=clock, name="test")


def file(browser, key: str, fields: dict, idempotency_key: str = "a-key-of-this-form"):
    return browser.post(f"/public/file/{key}", idempotency_key=idempotency_key, **fields)


def receipt(browser) -> str:
    found = re.search(r"SL\d{8}-[2-9A-Z]{8}", browser.get("/public/receipt").get_data(as_text=True))
    assert found
    return found[0]


def course(edge: Edge, number: str) -> sa.RowMapping:
    with edge.database.reading() as session:
        return session.execute(sa.select(rows).where(rows.c.receipt_no == number)).mappings().one()


def test_a_report_without_a_login_starts_the_process_at_its_instant(published, browser):
    assert browser.get("/public/file/report").status_code == 200
    answer = file(browser, "report", REPORT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/public/receipt")
    number = receipt(browser)
    kept = course(published, number)
    assert kept["course"] == Course.RECEIVED
    assert delivery.deliver(workshop(published)) == 1
    after = course(published, number)
    assert after["course"] == Course.AT_WORK
    assert after["fields"] == {}  # the public's table keeps no word of it
    with published.database.reading() as session:
        started = session.execute(sa.select(instance).where(instance.c.id == after["instance_id"])).mappings().one()
    assert started["process_key"] == "report"
    assert started["started_at"] == kept["received_at"]
    assert started["started_by"] == f"public:{number}"


class Bell:
    """Stands for the broker's application: knows the tasks by name, sends nothing."""

    def __init__(self) -> None:
        self.tasks: dict = {}

    def task(self, *, name: str, **_options: object):
        return lambda function: self.tasks.setdefault(name, function)

    def send_task(self, *_given: object, **_named: object) -> None:
        pass


@pytest.mark.parametrize(("danger", "minutes"), [("life_threat", 10), ("ongoing_violence", 10), (None, 120)])
def test_a_danger_is_on_the_duty_desk_at_the_next_ring_with_its_minutes(published, browser, danger, minutes):
    """One ring, which beat gives every second, and the emergency runs: somebody must act within ten minutes of the
    receipt (table D10)."""
    file(browser, "report", {**REPORT, **({"danger": danger} if danger else {})})
    number = receipt(browser)
    bell = Bell()
    register(bell, workshop(published))
    bell.tasks[PUMP]()
    row = course(published, number)
    with published.database.reading() as session:
        tasks = session.execute(
            sa.select(user_task).where(user_task.c.instance_id == row["instance_id"], user_task.c.status == "open")
        ).mappings()
        due = {task["role"]: task["due_at"] - row["received_at"] for task in tasks}
    assert due.get("mzj_duty") == timedelta(minutes=minutes), due


def test_two_workers_deliver_it_once(published, browser):
    file(browser, "report", REPORT)
    one, two = workshop(published), workshop(published)
    with one.database.reading() as session:
        ids = intake.waiting(session)
    assert len(ids) == 1
    assert delivery.deliver(one) == 1
    with two.database.transaction() as session:  # it had read the same ids before
        assert intake.deliver(session, two.env, ids[0], now=two.clock.now()) is False
    assert delivery.deliver(two) == 0


def test_the_same_form_sent_twice_is_kept_once(published, browser):
    file(browser, "report", REPORT)
    first = receipt(browser)
    file(browser, "report", REPORT)
    assert receipt(browser) == first
    file(browser, "report", REPORT, "another-key-of-a-form")
    assert receipt(browser) != first


def test_what_is_missing_is_named_and_what_was_typed_stays(published, browser):
    answer = file(browser, "report", {**REPORT, "division": "", "reporter_phone": "12", "danger": "life_threat"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert {"division-problem", "reporter_phone-problem"} == set(re.findall(r'id="(\w+-problem)"', page))
    assert '<a href="#division">' in page and '<a href="#reporter_phone">' in page
    assert 'value="青川镇石门村小学门口"' in page and 'value="12"' in page
    assert re.findall(r'name="(?:situations|danger)" value="(\w+)" checked', page) == ["S9", "life_threat"]
    with published.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(rows)) == 0


def test_an_objection_needs_a_notice_that_hangs(published, browser):
    answer = file(browser, "objection", OBJECTION)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "投诉举报" in page and 'id="notice_no-problem"' in page
    assert OBJECTION["content"] in page


def test_a_notice_on_the_board_alone_may_be_objected_to(published, browser):
    """The web page does not show it; whoever read its number in the village may still object on the web."""
    with published.database.transaction() as session:
        session.execute(
            sa.insert(public_notice).values(
                notice_no=OBJECTION["notice_no"],
                area="青川镇石门村",
                issuer="青川镇人民政府",
                body="困境儿童分类保障公示",
                posted_on=date(2025, 9, 23),
                last_day=date(2025, 10, 10),
                ends_at=end_of_day(date(2025, 10, 10)),
                objection_phone="0839-5550101",
            )
        )
    assert browser.get(f"/notices/{OBJECTION['notice_no']}").status_code == 404
    for page in ("/notices", "/public"):
        assert OBJECTION["notice_no"] not in browser.get(page).get_data(as_text=True)
    file(browser, "objection", OBJECTION)
    assert receipt(browser)


def test_english_problems_are_told_in_english(published, browser):
    browser.client.set_cookie("language", "en")
    page = file(browser, "objection", {"notice_no": "", "content": "x", "objector_phone": "1"}).get_data(as_text=True)
    told = dict(re.findall(r'id="(\w+)-problem">([^<]+)<', page))
    assert told == {
        "notice_no": "Please fill this in",
        "content": "Too short; please give the facts",
        "objector_phone": "Not a telephone number; give a mobile number of 11 digits or a land line with area code",
    }


def test_whoever_found_it_at_work_says_so(published, browser):
    file(browser, "report", {**REPORT, "mandatory": "yes"})
    assert course(published, receipt(browser))["fields"]["mandatory"] is True


def test_a_receipt_can_be_saved_and_says_nothing_of_the_child(published, browser):
    assert browser.get("/public/receipt").status_code == 404
    assert browser.get("/public/receipt/file").status_code == 404
    file(browser, "report", {**REPORT, "child_name": "张小明"})
    number = receipt(browser)
    saved = browser.get("/public/receipt/file")
    text = saved.get_data(as_text=True)
    assert saved.headers["Content-Disposition"] == f"attachment; filename={number}.txt"
    assert number in text and "/public/progress" in text
    assert "张小明" not in text and "张小明" not in browser.get("/public/receipt").get_data(as_text=True)


def test_a_form_without_its_token_is_not_taken_and_not_lost(published, browser):
    """No log-in, and still a token of the browser's own session; a page that grew old asks for one more press."""
    answer = browser.client.post("/public/file/report", data={"idempotency_key": "a-key-of-this-form", **REPORT})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'name="place" value="青川镇石门村小学门口"' in page and 'name="situations" value="S9"' in page
    token = page.split('name="csrf_token" value="')[2].split('"')[0]  # the first is the language button's
    again = browser.client.post(
        "/public/file/report", data={"idempotency_key": "a-key-of-this-form", **REPORT, "csrf_token": token}
    )
    assert again.status_code == 303


def test_a_form_that_another_site_sends_is_refused(published, browser):
    fields = {"csrf_token": browser.token(), "idempotency_key": "a-key-of-this-form", **REPORT}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.client.post("/public/file/report", data=fields, headers=headers)
        assert answer.status_code == 400
        assert REPORT["place"] not in answer.get_data(as_text=True)
    with published.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(rows)) == 0


def test_what_the_domain_refuses_later_is_answered_in_the_row(published, browser):
    """Taken down between filing and delivery."""
    with published.database.transaction() as session:
        number = intake.file(
            session,
            intake.CHANNELS["objection"],
            {**OBJECTION, "channel": "网上"},
            idempotency_key="objection:later",
            now=datetime(2025, 9, 24, 2, 0, tzinfo=UTC),
        )
    delivery.deliver(workshop(published))
    row = course(published, number)
    assert row["course"] == Course.REFUSED
    assert "没有找到这个编号的公示" in row["answer"]
    page = browser.post("/public/progress", number=number, phone="").get_data(as_text=True)
    assert "未受理" in page
    assert "没有找到这个编号的公示" in page


def test_progress_is_for_whoever_has_number_and_telephone(published, browser):
    file(browser, "report", REPORT)
    number = receipt(browser)
    told = browser.post("/public/progress", number=number.lower(), phone="13800005678").get_data(as_text=True)
    assert "已收到" in told
    for phone in ("", "13800005679"):
        refused = browser.post("/public/progress", number=number, phone=phone).get_data(as_text=True)
        assert "没有查到" in refused
        assert "已收到</strong>" not in refused


def test_the_end_of_the_case_is_told(published, browser):
    file(browser, "report", REPORT)
    number = receipt(browser)
    shop = workshop(published)
    delivery.deliver(shop)
    assert delivery.note_ended(shop) == 0
    with published.database.transaction() as session:
        session.execute(
            sa.update(instance)
            .where(instance.c.id == course(published, number)["instance_id"])
            .values(status="completed")
        )
    assert delivery.note_ended(shop) == 1
    assert course(published, number)["course"] == Course.DONE


def test_other_processes_cannot_be_filed_from_outside(published, browser):
    for key in ("application", "exit", "no-such-thing"):
        assert browser.get(f"/public/file/{key}").status_code == 404
        assert file(browser, key, REPORT).status_code == 404


def test_an_address_may_file_only_so_often(published, browser):
    most = int(pace.PACE["filing.submit"].split()[0])
    for turn in range(most):
        assert file(browser, "report", REPORT, f"key-number-{turn:04}").status_code == 303
    with published.database.transaction() as session:
        parameters.set_parameter(session, "hotline", "12349", actor=KEEPER, now=published.clock.now())
    refused = file(browser, "report", REPORT, "one-more-than-that")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 429
    assert 'href="tel:110"' in page and 'href="tel:12349"' in page
    assert f'href="tel:{parameters.DEFAULTS.duty_phone}"' in page
    assert 'name="place" value="青川镇石门村小学门口"' in page  # nothing that was typed is lost
    assert 'value="one-more-than-that"' in page  # and sent again it is the same filing


def test_reports_are_delivered_before_anything_older(published):
    now = datetime(2025, 9, 24, 2, 0, tzinfo=UTC)
    with published.database.transaction() as session:
        for turn, key in enumerate(("objection", "report")):
            channel = intake.CHANNELS[key]
            intake.file(session, channel, {}, idempotency_key=key, now=now + timedelta(seconds=turn))
        first = intake.waiting(session)[0]
        assert session.scalar(sa.select(rows.c.process_key).where(rows.c.id == first)) == "report"


@pytest.mark.parametrize("role", ["x; DROP TABLE child", "", "Public", "a" * 64])
def test_a_role_name_is_no_place_for_sql(role):
    with pytest.raises(ValueError, match="role name"):
        grants(role)


def answer(edge: Edge, instance_id: str, **changed: object) -> None:
    """The desk triages the report and answers its reporter."""
    given = {
        "h_ut_triage": {"triage_result": "受理", "level_confirmed": "L1"},
        "h_ut_feedback": {
            "feedback_way": "电话",
            "feedback_at": edge.clock.now().isoformat(),
            "feedback": "已处置。",
            **changed,
        },
    }
    desk = holder("mzj_duty", "519927").actor
    for element, fields in given.items():
        with edge.database.transaction() as session:
            wanted = (
                user_task.c.instance_id == instance_id,
                user_task.c.element_id == element,
                user_task.c.status == OPEN,
            )
            task = session.execute(sa.select(user_task.c.id).where(*wanted)).scalar_one_or_none()
            if task is None:
                continue  # the first try got so far
            complete_task(
                session, edge.env, task, fields=fields, actor=desk, now=edge.clock.now(), idempotency_key=task
            )


def test_whoever_was_answered_sees_that_and_nothing_of_the_child(published, browser):
    file(browser, "report", REPORT)
    number = receipt(browser)
    shop = workshop(published)
    delivery.deliver(shop)
    started = course(published, number)["instance_id"]
    for words, field in (("张小宝平安", "feedback"), ("身份证 519927201503110016 的孩子", "feedback")):
        with published.database.transaction() as session:
            session.execute(sa.update(report_rows).values(child_name="张小宝"))
        with pytest.raises(SubmissionInvalid) as refused:
            answer(published, started, feedback=words)
        assert [(each.field, each.rule) for each in refused.value.problems] == [(field, "privacy")]
    answer(published, started)
    page = browser.post("/public/progress", number=number, phone="13800005678").get_data(as_text=True)
    assert "<strong>已反馈</strong>" in page
    assert "张小宝" not in page
    assert "已处置。" not in page
    assert "已反馈" not in browser.post("/public/progress", number=number, phone="").get_data(as_text=True)
    with published.database.transaction() as session:  # how long the child's case goes on is not the reporter's to know
        session.execute(sa.update(instance).where(instance.c.id == started).values(status="completed"))
    assert delivery.note_ended(shop) == 0
    assert course(published, number)["course"] == Course.ANSWERED
