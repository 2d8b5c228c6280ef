"""The security administrator: accounts and roles, each change with a reason and on record, three offices kept apart."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from cases import people
from engine.store.audit import audit
from tests.web.conftest import Browser

STRONG = "a long and quiet river 9"


def held(edge, person_id: str) -> set[tuple[str, str]]:
    with edge.database.reading() as session:
        return {(grant.role, grant.place) for grant in people.grants_of(session, person_id)}


def test_an_account_is_opened_given_a_role_and_works(app, as_person):
    security = as_person("security")
    made = security.post(
        "/people", user_name="lina", name="李娜", unit="青川镇人民政府", password=STRONG, reason="新入职的工作人员"
    )
    assert made.status_code == 303
    page = made.headers["Location"]
    given = security.post(f"{page}/give", role="town_window", place="519927101", reason="便民服务窗口上岗")
    assert given.status_code == 303
    assert "乡镇便民服务窗口" in security.get(page).get_data(as_text=True)
    newcomer = Browser(app)
    assert newcomer.post("/login", user_name="lina", password=STRONG).status_code == 303
    assert newcomer.get("/inbox").status_code == 200


def test_every_change_is_on_record_with_its_reason(edge, as_person):
    security = as_person("security")
    security.post("/people/p-officer/take", grant="town_officer|519927101", reason="调离岗位")
    security.post("/people/p-officer/close", reason="已经调走")
    with edge.database.reading() as session:
        lines = session.execute(sa.select(audit).where(audit.c.target == "officer").order_by(audit.c.id)).all()
    told = {line.action: line.detail["reason"] for line in lines if line.action.startswith(("role.", "account."))}
    assert told == {"role.take": "调离岗位", "account.close": "已经调走"}


def test_closing_an_account_ends_its_open_log_ins(as_person):
    officer = as_person("officer")
    assert officer.get("/inbox").status_code == 200
    as_person("security").post("/people/p-officer/close", reason="已经调走")
    assert officer.get("/inbox").status_code == 303


@pytest.mark.parametrize(
    ("person", "role", "place"),
    [
        ("admin", "auditor", ""),
        ("auditor", "security_admin", ""),
        ("officer", "administrator", ""),
        ("admin", "town_officer", "519927101"),
    ],
)
def test_the_three_offices_are_kept_apart(edge, as_person, person, role, place):
    before = held(edge, f"p-{person}")
    answer = as_person("security").post(f"/people/p-{person}/give", role=role, place=place, reason="试一试")
    assert answer.status_code == 409
    assert "不得" in answer.get_data(as_text=True)
    assert held(edge, f"p-{person}") == before


@pytest.mark.parametrize(
    ("role", "place", "words"),
    [("town_window", "519927101001", "乡镇"), ("village_officer", "519927101", "村"), ("nobody", "", "角色")],
)
def test_a_role_is_given_for_a_place_of_its_level(as_person, role, place, words):
    answer = as_person("security").post("/people/p-officer/give", role=role, place=place, reason="试一试")
    assert answer.status_code == 409
    assert words in answer.get_data(as_text=True)


def test_nobody_changes_the_own_account(edge, as_person):
    security = as_person("security")
    for what in ("give", "take", "close"):
        answer = security.post(
            f"/people/p-security/{what}", role="auditor", place="", grant="security_admin|", reason="给自己"
        )
        assert answer.status_code == 409
    assert held(edge, "p-security") == {("security_admin", "")}


def test_without_a_reason_nothing_happens(edge, as_person):
    answer = as_person("security").post("/people/p-officer/close", reason="  ")
    assert answer.status_code == 422
    assert "请填写理由" in answer.get_data(as_text=True)
    with edge.database.reading() as session:
        assert people.actor_of(session, "p-officer")


def test_a_weak_password_or_a_taken_name_is_refused_in_words(as_person):
    security = as_person("security")
    fields = {"name": "李娜", "unit": "青川镇", "reason": "新入职"}
    weak = security.post("/people", user_name="lina", password="short", **fields)
    assert weak.status_code == 422
    assert "12" in weak.get_data(as_text=True)
    taken = security.post("/people", user_name="officer", password=STRONG, **fields)
    assert taken.status_code == 409
    assert "已被使用" in taken.get_data(as_text=True)


def test_only_the_security_administrator_comes_here(as_person):
    for user in ("officer", "admin", "owner", "auditor", "guardian"):
        inside = as_person(user)
        assert inside.get("/people").status_code == 403
        assert inside.post("/people/p-officer/close", reason="试一试").status_code == 403


def test_the_list_is_searched_and_home(as_person):
    security = as_person("security")
    assert security.get("/").headers["Location"] == "/people"
    found = security.get("/people?q=officer").get_data(as_text=True)
    assert set(re.findall(r"/people/(p-\w+)", found)) == {"p-officer", "p-otherofficer"}
    assert security.get("/inbox").status_code == 200
    assert security.get("/audit").status_code == 403
