"""Working on a task through the pages: once is once, two at once, refusals, and a step that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.story import read_story
from engine.access import Actor
from engine.queries.incidents import incidents
from engine.queries.instances import instances
from engine.queries.submissions import submissions
from engine.store import user_task
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml")
CHECK = json.dumps({"result": "齐全", "originals_seen": ["M01", "M02", "M25"]})

#: The story's child a second time: without its number, under a name that sounds the same.
_SOUNDS_ALIKE = {
    "child_name": "章晓明",
    "has_idcard": "无",
    "no_id_reason": "尚未落户",
    "sex": "男",
    "birth": "2015-03-11",
}
_NOT_SENT = ("child_idcard", "material_files", "consent")
ALIKE = json.dumps(
    {**{name: each for name, each in STORY.steps[0].fields.items() if name not in _NOT_SENT}, **_SOUNDS_ALIKE}
)


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    yield opened
    opened.close()


@pytest.fixture
def task(county: County) -> str:
    """形式审查, open."""
    return county.tell(STORY, "b_ut_formal_check")


def enter(county: County, person: str) -> Browser:
    browser = Browser(county.app)
    assert browser.post("/login/demo", person=person).status_code == 303
    return browser


def the_instance(county: County) -> str:
    with county.edge.database.reading() as session:
        return instances(session, actor=Actor.system("test")).rows[0].id


def how_many_submissions(county: County) -> int:
    with county.edge.database.reading() as session:
        return len(
            submissions(
                session, county.edge.env, the_instance(county), actor=Actor.system("test"), purpose="", now=county.now()
            )
        )


def test_a_form_sent_twice_has_one_effect_and_one_answer(county, task):
    officer = enter(county, "officer")
    before = how_many_submissions(county)
    answers = [
        officer.post(f"/tasks/{task}/complete", accept="application/json", fields=CHECK, idempotency_key="one page")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["location"] == answers[1].json["location"]
    assert how_many_submissions(county) == before + 1


def test_the_second_of_two_people_reads_who_was_first(county, task):
    colleague = STORY.steps[1].actor
    assert colleague
    county.people([type(colleague)(id="colleague", name="钱进", unit="青川镇", grants=colleague.grants)])
    first, second = enter(county, "officer"), enter(county, "colleague")
    assert second.get(f"/tasks/{task}").status_code == 200
    first.post(f"/tasks/{task}/complete", fields=CHECK, idempotency_key="the first page")
    late = second.post(f"/tasks/{task}/complete", fields=CHECK, idempotency_key="the second page")
    assert late.status_code == 409
    assert "已经办结" in late.get_data(as_text=True)


def test_a_claimed_task_is_refused_to_others_by_name(county, task):
    colleague = STORY.steps[1].actor
    assert colleague
    county.people([type(colleague)(id="colleague", name="钱进", unit="青川镇", grants=colleague.grants)])
    first, second = enter(county, "officer"), enter(county, "colleague")
    assert first.post(f"/tasks/{task}/claim").status_code == 303
    refused = second.post(f"/tasks/{task}/complete", accept="application/json", fields=CHECK, idempotency_key="second")
    assert refused.status_code == 409
    assert first.post(f"/tasks/{task}/unclaim").status_code == 303
    taken = second.post(f"/tasks/{task}/complete", accept="application/json", fields=CHECK, idempotency_key="second")
    assert taken.status_code == 200


def test_a_broken_rule_is_said_at_its_field(county, task):
    officer = enter(county, "officer")
    fields = json.dumps({"result": "需补正"})
    answer = officer.post(
        f"/tasks/{task}/complete", accept="application/json", fields=fields, idempotency_key="one key!"
    )
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json["problems"]] == ["missing"]


def test_what_the_form_does_not_have_is_refused(county, task):
    officer = enter(county, "officer")
    fields = json.dumps({"result": "齐全", "decision": "APPROVE"})
    answer = officer.post(
        f"/tasks/{task}/complete", accept="application/json", fields=fields, idempotency_key="one key!"
    )
    assert answer.status_code == 422


def test_fields_that_are_no_json_are_refused_politely(county, task):
    officer = enter(county, "officer")
    answer = officer.post(f"/tasks/{task}/complete", fields="<xml/>", idempotency_key="one key!")
    assert answer.status_code == 422
    assert "JavaScript" in answer.get_data(as_text=True)


def test_a_stranger_finds_neither_task_nor_case(county, task):
    leader = enter(county, "jkt_leader")
    assert leader.get(f"/tasks/{task}").status_code in (403, 404)
    assert leader.get(f"/cases/{the_instance(county)}").status_code == 404
    assert "张某某" not in leader.get(f"/tasks/{task}").get_data(as_text=True)


def test_a_step_that_fails_keeps_the_work_and_says_a_number(county, task, monkeypatch):
    from engine.commands import stepping
    from engine.errors import StepFailed

    def broken(*arguments: object, **named: object) -> None:
        raise StepFailed("表达式不成立", element_id="b_gw_result")

    officer = enter(county, "officer")
    with monkeypatch.context() as broken_engine:
        broken_engine.setattr(stepping, "advance", broken)
        answer = officer.post(f"/tasks/{task}/complete", fields=CHECK, idempotency_key="a failing page")
    assert answer.status_code == 500
    text = answer.get_data(as_text=True)
    with county.edge.database.reading() as session:
        found = incidents(session, actor=Actor.system("test"))
    assert len(found) == 1
    assert found[0].id in text
    assert "不必重新填写" in text
    admin = enter(county, "admin")
    assert found[0].message in admin.get("/admin/incidents").get_data(as_text=True)
    assert admin.post(f"/admin/incidents/{found[0].id}/retry").status_code == 303
    with county.edge.database.reading() as session:
        assert incidents(session, actor=Actor.system("test")) == ()
    assert officer.get(f"/tasks/{task}").status_code == 200
    assert county.open_task("b_ut_visit")


def test_an_administrator_suspends_resumes_and_cancels_with_a_reason(county, task):
    admin, officer = enter(county, "admin"), enter(county, "officer")
    address = f"/admin/instances/{the_instance(county)}"
    assert admin.post(f"{address}/suspend", reason="").status_code in (409, 422)
    assert admin.post(f"{address}/suspend", reason="核对数据").status_code == 303
    stopped = officer.post(f"/tasks/{task}/complete", fields=CHECK, idempotency_key="while suspended")
    assert stopped.status_code == 409
    assert admin.post(f"{address}/resume", reason="核对完毕").status_code == 303
    assert admin.post(f"{address}/cancel", reason="重复录入").status_code == 303
    assert "已撤销" in admin.get(address).get_data(as_text=True)


def test_an_administrator_moves_a_token(county):
    task = county.tell(STORY, "b_ut_visit")
    admin = enter(county, "admin")
    address = f"/admin/instances/{the_instance(county)}"
    moved = admin.post(f"{address}/move", token_id=task, to_element="b_ut_formal_check", reason="受理有误,重新审查")
    assert moved.status_code == 303
    assert county.open_task("b_ut_formal_check")
    assert "改到其他环节" in admin.get(address).get_data(as_text=True)


def test_an_administrators_page_names_no_child_and_no_applicant(county, task):
    text = enter(county, "admin").get(f"/admin/instances/{the_instance(county)}").get_data(as_text=True)
    assert "张某某" not in text
    assert "王建国" not in text


def test_an_applicant_does_not_read_what_officers_wrote(county):
    county.tell(STORY, "b_ut_town_review")
    address = f"/cases/{the_instance(county)}"
    own = enter(county, "guardian").get(address).get_data(as_text=True)
    assert "寄宿费负担重" in own
    assert "邻居证实" not in own
    assert "邻居证实" in enter(county, "officer").get(address).get_data(as_text=True)


def test_a_task_goes_back_and_to_a_colleague(county):
    task = county.tell(STORY, "b_ut_visit")
    officer = STORY.steps[1].actor
    assert officer
    county.people([type(officer)(id="colleague", name="钱进", unit="青川镇", grants=officer.grants)])
    browser = enter(county, "officer")
    page = browser.get(f"/tasks/{task}").get_data(as_text=True)
    assert "钱进" in page
    assert 'name="until"' in page
    given = {"to_user": "colleague", "reason": "出差在外"}
    today = county.now().date()
    for until in ("", "明天", (today - timedelta(days=2)).isoformat(), (today + timedelta(days=60)).isoformat()):
        assert browser.post(f"/tasks/{task}/delegate", **given, until=until).status_code == 422, until
    last = (today + timedelta(days=3)).isoformat()
    assert browser.post(f"/tasks/{task}/delegate", **given, until=last).status_code == 303
    assert browser.get(f"/tasks/{task}").status_code == 200
    other = enter(county, "colleague")
    back = other.post(f"/tasks/{task}/return", to_element="b_ut_formal_check", reason="材料有误,重新审查")
    assert back.status_code == 303
    assert county.open_task("b_ut_formal_check")


def test_attachments_of_a_submitted_form_can_be_opened_by_those_who_see_the_case(county):
    county.tell(STORY, "b_ut_town_review")
    address = f"/cases/{the_instance(county)}"
    leader = enter(county, "leader")
    links = re.findall(r'href="(/files/\w+)"', leader.get(address).get_data(as_text=True))
    assert links
    assert leader.get(links[0]).data.startswith((b"%PDF", b"\xff\xd8\xff"))
    assert enter(county, "jkt").get(links[0]).status_code == 404


def test_a_timer_inside_a_scope_is_listed_and_a_step_outside_it_is_refused_in_words(county):
    county.tell(STORY, "c_ut_post")
    county.tell_one(STORY, "c_ut_post")
    admin = enter(county, "admin")
    address = f"/admin/instances/{the_instance(county)}"
    text = admin.get(address).get_data(as_text=True)
    assert "等待定时" in text
    token = re.search(r'<option value="([^"]+)">[^<]*等待定时', text)
    assert token
    moved = admin.post(f"{address}/move", token_id=token[1], to_element="c_ut_remove", reason="公示照片有误,提前撤下")
    assert moved.status_code == 409
    assert "不在同一流程范围内" in moved.get_data(as_text=True)


def test_an_officer_reads_who_may_be_the_same_child(county, task):
    """One without a number, whose name sounds the same: at the formal check, and at once when staff files it."""
    assert "疑似重复" not in enter(county, "officer").get(f"/tasks/{task}").text
    filed = enter(county, "guardian").post(
        "/start/application", accept="application/json", fields=ALIKE, idempotency_key="the second page"
    )
    assert filed.status_code == 200, filed.json
    page = enter(county, "officer").get(f"/tasks/{task}").text
    assert "姓名同音,出生日期、乡镇相同" in page and "519927-2025-00002" in page
    assert "疑似重复" not in enter(county, "guardian").get(filed.json["location"]).text


def test_staff_reads_of_a_likeness_as_soon_as_it_has_filed(county, task):
    officer = enter(county, "officer")
    filed = officer.post(
        "/start/application", accept="application/json", fields=ALIKE, idempotency_key="the second page"
    )
    assert filed.status_code == 200, filed.json
    assert "疑似重复 519927-2025-00001" in officer.get(filed.json["location"]).text


def test_whoever_checks_is_told_which_number_to_compare_with_its_original(county, task):
    """The code of no division is taken with a warning, at once and at the formal check (domain.md 5.1)."""
    told = json.dumps({**json.loads(ALIKE), "applicant_idcard": "529998198506232134"})
    officer = enter(county, "officer")
    filed = officer.post(
        "/start/application", accept="application/json", fields=told, idempotency_key="a doubtful number"
    )
    assert filed.status_code == 200, filed.json
    words = "身份证号前6位不在行政区划代码表中(含已撤销的代码),请核对原件: 529998"
    assert words in officer.get(filed.json["location"]).text
    county.settle()
    table = user_task.user_task
    with county.edge.database.reading() as session:
        mine = session.scalar(select(table.c.id).where(table.c.element_id == "b_ut_formal_check", table.c.id != task))
    assert words in officer.get(f"/tasks/{mine}").text
    assert words not in officer.get(f"/tasks/{task}").text
