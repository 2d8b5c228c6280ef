"""The task's page and its acts over HTTP: drafts, copies, remarks, opinions, previews, and what is refused."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from cases.messages import message_out
from engine.access import Actor, Grant
from engine.store.history import history
from tests.browser.county import County
from tests.web.test_tasks import STORY, enter, the_instance
from tests.web.test_tasks import county as county

OFFICER = STORY.steps[1].actor
assert OFFICER is not None


@pytest.fixture
def task(county: County) -> str:
    """入户调查与核查意见, open, with a colleague of the post and everybody of the story."""
    found = county.tell(STORY, "b_ut_visit")
    county.people([Actor(id="colleague", name="钱进", unit="青川镇", grants=OFFICER.grants)])
    county.people([step.actor for step in STORY.steps if step.actor])
    return found


def draft(browser, task, fields, revision=0):
    sent = json.dumps(fields)
    return browser.post(f"/tasks/{task}/draft", accept="application/json", fields=sent, revision=str(revision))


def in_script(text: str) -> str:
    """As it stands in the page's data for its script."""
    return json.dumps(text).strip('"')


def told(county: County, person: str) -> list[str]:
    with county.edge.database.reading() as session:
        query = select(message_out.c.body).where(message_out.c.person_id == person).order_by(message_out.c.id)
        return list(session.execute(query).scalars())


def test_a_draft_comes_back_and_a_second_window_overwrites_nothing(county, task):
    officer = enter(county, "officer")
    first = draft(officer, task, {"neighbours": "邻居说"})
    assert first.status_code == 200 and re.fullmatch(r"\d\d:\d\d", first.json["saved_at"])
    assert draft(officer, task, {"neighbours": "旧窗口"}).status_code == 409
    again = enter(county, "officer").get(f"/tasks/{task}").text
    assert in_script("邻居说") in again and in_script("旧窗口") not in again
    assert in_script("邻居说") not in enter(county, "colleague").get(f"/tasks/{task}").text
    assert draft(enter(county, "jkt"), task, {"neighbours": "外人"}).status_code == 403


def test_who_was_overtaken_reads_both(county, task):
    colleague = enter(county, "colleague")
    draft(colleague, task, {"neighbours": "我问到的情况"})
    county.tell_one(STORY, "b_ut_visit")
    page = colleague.get(f"/tasks/{task}").text
    assert "您没有提交的草稿" in page and "我问到的情况" in page
    assert in_script("邻居证实家庭收入低") in page
    assert "您没有提交的草稿" not in enter(county, "officer").get(f"/tasks/{task}").text


def test_copies_go_to_those_who_see_the_case_and_lead_to_it(county, task):
    officer = enter(county, "officer")
    page = officer.get(f"/tasks/{task}").text
    assert "孙立" in page and "吴芳" not in page.split('id="copy"')[1]
    assert officer.post(f"/tasks/{task}/copy", person="jkt", note="请阅").status_code == 404
    assert officer.post(f"/tasks/{task}/copy", note="请阅").status_code == 422
    assert officer.post(f"/tasks/{task}/copy", person="leader", note="请阅").status_code == 303
    assert any("抄送您阅知" in body and "请阅" in body for body in told(county, "leader"))
    leader = enter(county, "leader")
    led = leader.get(f"/tasks/{task}")
    assert led.status_code == 303 and led.headers["Location"] == f"/cases/{the_instance(county)}"
    assert "已阅</button>" in leader.get(led.headers["Location"]).text
    assert leader.post(f"/tasks/{task}/copy/read").status_code == 303
    assert "已阅</button>" not in leader.get(led.headers["Location"]).text
    assert enter(county, "colleague").post(f"/tasks/{task}/copy/read").status_code == 404
    assert "抄送您阅知" not in enter(county, "guardian").get(led.headers["Location"]).text


def test_remarks_stay_among_officials_and_reach_who_is_named(county, task):
    officer = enter(county, "officer")
    assert officer.post(f"/tasks/{task}/remarks", body="@孙立 请看照片,收入存疑").status_code == 303
    assert any("留言中提到您" in body and "收入存疑" in body for body in told(county, "leader"))
    assert "收入存疑" in enter(county, "colleague").get(f"/tasks/{task}").text
    assert "收入存疑" not in enter(county, "guardian").get(f"/cases/{the_instance(county)}").text
    refused = officer.post(f"/tasks/{task}/remarks", body="@吴芳 请看")
    assert refused.status_code == 422 and "吴芳" in refused.text
    assert enter(county, "jkt").post(f"/tasks/{task}/remarks", body="看").status_code in (403, 404)


def test_an_opinion_is_asked_for_given_and_holds_the_step(county, task):
    officer = enter(county, "officer")
    assert officer.post(f"/tasks/{task}/cosigners", person="jkt", reason="请核口径").status_code == 404
    assert officer.post(f"/tasks/{task}/cosigners", person="leader", reason="请核口径").status_code == 303
    held = officer.post(f"/tasks/{task}/complete", accept="application/json", fields="{}", idempotency_key="held-key")
    assert held.status_code == 409 and "孙立" in held.json["title"]
    leader = enter(county, "leader")
    page = leader.get(f"/tasks/{task}").text
    assert "签署会签意见" in page and "提交入户调查" not in page
    assert leader.post(f"/tasks/{task}/sign", opinion="同意").status_code == 422
    assert leader.post(f"/tasks/{task}/sign", agrees="yes", opinion="同意按此口径").status_code == 303
    assert "同意按此口径" in officer.get(f"/tasks/{task}").text
    assert "同意按此口径" not in enter(county, "guardian").get(f"/cases/{the_instance(county)}").text
    assert leader.post(f"/tasks/{task}/complete", fields="{}", idempotency_key="not mine").status_code == 403


def test_pressing_is_for_who_waits_and_goes_to_the_holder(county, task):
    guardian, officer = enter(county, "guardian"), enter(county, "officer")
    assert officer.post(f"/tasks/{task}/urge", note="").status_code == 409
    assert guardian.post(f"/tasks/{task}/urge", note="孩子要开学了").status_code == 303
    assert guardian.post(f"/tasks/{task}/urge", note="").status_code == 409
    assert any("催办" in body for body in told(county, "officer"))
    assert enter(county, "jkt").post(f"/tasks/{task}/urge", note="").status_code == 403


def test_entrusted_work_is_filled_in_by_one_and_completed_by_the_other(county, task):
    officer, colleague = enter(county, "officer"), enter(county, "colleague")
    assert officer.post(f"/tasks/{task}/entrust", to_user="leader", reason="外出开会").status_code == 404
    assert officer.post(f"/tasks/{task}/entrust", to_user="colleague", reason="外出开会").status_code == 303
    page = colleague.get(f"/tasks/{task}").text
    assert "赵敏委派您承办" in page and "交回委派人" in page and 'id="task-form"' not in page
    draft(colleague, task, {"neighbours": "已走访"})
    assert colleague.post(f"/tasks/{task}/hand-back", reason="已入户").status_code == 303
    assert in_script("已走访") in officer.get(f"/tasks/{task}").text
    with county.edge.database.reading() as session:
        kinds = list(session.execute(select(history.c.kind).order_by(history.c.at, history.c.step)).scalars())
    assert kinds[-2:] == ["entrust", "hand_back"]


def test_a_picture_is_shown_and_nothing_in_it_runs(county, task):
    county.tell_one(STORY, "b_ut_visit")
    officer = enter(county, "officer")
    page = officer.get(f"/tasks/{task}").text
    shown = re.findall(r'href="(/files/\w+/view)"', page)
    assert shown
    for address in shown:
        answer = officer.get(address)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] in ("image/jpeg", "image/png", "application/pdf")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert enter(county, "jkt").get(shown[0]).status_code == 404


def test_what_is_no_picture_is_only_given_out(county, task):
    officer = enter(county, "officer")
    docx = officer.client.post(
        "/files",
        data={"csrf_token": officer.token(), "file": (_word_file(), "情况说明.docx")},
        headers={"Accept": "application/json"},
        content_type="multipart/form-data",
    )
    assert docx.status_code == 200, docx.text
    answer = officer.get(f"/files/{docx.json['id']}/view")
    assert answer.status_code == 303 and answer.headers["Location"] == f"/files/{docx.json['id']}"


def _word_file():
    from io import BytesIO

    from docx import Document

    content = BytesIO()
    Document().save(content)
    content.seek(0)
    return content


def test_a_stranger_does_none_of_it(county, task):
    county.people([Actor(id="far", name="远方", grants=(Grant(role="town_officer", place="519927102"),))])
    far = enter(county, "far")
    for act, fields in (
        ("entrust", {"to_user": "colleague", "reason": "越权委派"}),
        ("hand-back", {"reason": "越权交回"}),
        ("take-back", {"reason": "越权撤回"}),
        ("copy", {"person": "leader"}),
        ("cosigners", {"person": "leader", "reason": "越权加签"}),
        ("sign", {"agrees": "yes", "opinion": "越权签署"}),
        ("urge", {"note": ""}),
        ("remarks", {"body": "越权留言"}),
        ("draft", {"fields": "{}"}),
    ):
        assert far.post(f"/tasks/{task}/{act}", **fields).status_code in (403, 404), act
