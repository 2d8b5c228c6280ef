"""紧急查阅 on its page: who finds it there, what it offers to whom, and what stays typed."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from cases import break_glass, people
from engine.access import Grant
from engine.store.audit import audit
from tests.child_files import open_child
from tests.web.conftest import START, Browser

NUMBER = "519927201503110016"
ASKED = {"idcard": NUMBER, "danger": "MEDICAL", "reason": "学校宿舍大量出血,医院抢救须知用药"}
POSTS = {"duty": "mzj_duty", "boss": "mzj_leader", "pair": "mzj_sealed"}


@pytest.fixture
def county(edge):
    """A sealed file, and the three people."""
    with edge.database.transaction() as session:
        open_child(session, now=START, idcard=NUMBER, sealed=True)
        for name, role in POSTS.items():
            grants = (Grant(role=role, place="519927"),)
            named = {"person_id": f"p-{name}", "user_name": name, "name": name, "password_hash": ""}
            people.add_person(session, **named, grants=grants, demo=True, now=START)
    return edge


def address(browser: Browser, verb: str) -> str:
    page = browser.get("/emergency-access").get_data(as_text=True)
    (found,) = set(re.findall(rf'action="(/emergency-access/[^"]+/{verb})"', page))
    return found


def test_from_the_question_to_the_review(county, as_person):
    duty, boss, pair = as_person("duty"), as_person("boss"), as_person("pair")
    assert duty.post("/emergency-access", **ASKED).status_code == 303
    mine = duty.get("/emergency-access").get_data(as_text=True)
    assert "5199**********0016" in mine
    assert NUMBER not in mine
    assert "/answer" not in mine
    assert "/open" not in mine
    assert boss.post(address(boss, "answer"), agree="yes").status_code == 303
    answer = duty.post(address(duty, "open"))
    assert "王小明" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    review = address(pair, "review")
    assert pair.post(review, finding="正当", note="抢救记录与所述情形一致").status_code == 303
    assert "复核:正当" in duty.get("/emergency-access").get_data(as_text=True)
    with county.database.reading() as session:
        noted = session.execute(sa.select(audit.c.action).where(audit.c.action.like("break_glass.%"))).scalars()
        assert sorted(noted) == [f"break_glass.{each}" for each in ("answer", "ask", "open", "review")]


def test_without_agree_it_stays_shut(county, as_person):
    duty, boss = as_person("duty"), as_person("boss")
    duty.post("/emergency-access", **ASKED)
    boss.post(address(boss, "answer"))
    page = duty.get("/emergency-access").get_data(as_text=True)
    assert "未同意" in page
    with county.database.reading() as session:
        asked = session.scalar(sa.select(break_glass.break_glass.c.id))
    assert duty.post(f"/emergency-access/{asked}/open").status_code == 403


def test_what_was_typed_stays_typed(county, as_person):
    duty = as_person("duty")
    answer = duty.post("/emergency-access", **{**ASKED, "idcard": "519927201503110017"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="519927201503110017"' in page
    assert ASKED["reason"] in page
    assert 'value="MEDICAL" selected' in page


def test_others_find_no_such_page(county, as_person):
    for person in ("officer", "leader", "guardian", "admin", "auditor"):
        browser = as_person(person)
        assert browser.get("/emergency-access").status_code == 403
        assert browser.post("/emergency-access", **ASKED).status_code == 403
        assert "/emergency-access" not in browser.get("/notices").get_data(as_text=True)
    assert "/emergency-access" in as_person("pair").get("/inbox").get_data(as_text=True)
