"""The full identity on a click with a reason, the search by number and the 查阅记录, on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cases.children import child
from cases.story import read_story
from engine.access import Actor, Grant
from engine.store.audit import audit
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml")
LEADER = Actor(id="town-leader", name="高山", grants=(Grant(role="town_leader", place="519927101"),))
INSPECTOR = Actor(id="inspector", name="督查员", grants=(Grant(role="inspector", place="519927"),))
STRANGER = Actor(id="stranger", name="周平", grants=(Grant(role="town_officer", place="519927102"),))
WHY = {"purpose": "CONTACT", "note": "通知补交材料"}


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    opened.people([LEADER, INSPECTOR, STRANGER])
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


def the_child(county: County):
    with county.edge.database.reading() as session:
        return session.execute(select(child)).mappings().one()


def noted(county: County, action: str):
    with county.edge.database.reading() as session:
        return session.execute(select(audit).where(audit.c.action == action).order_by(audit.c.id)).all()


def test_a_task_shows_the_child_masked_and_full_after_a_reason(county: County, task: str) -> None:
    known, officer = the_child(county), enter(county, "officer")
    page = officer.get(f"/tasks/{task}").get_data(as_text=True)
    assert f"/children/{known['id']}/unmask" in page
    head = page.split('id="child-head"', 1)[1].split("</dl>", 1)[0]
    assert known["idcard"] not in head
    assert known["name"] not in head
    answer = officer.post(f"/children/{known['id']}/unmask", back=f"/tasks/{task}", **WHY)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert known["idcard"] in text
    assert known["name"] in text
    assert f'href="/tasks/{task}"' in text
    (row,) = noted(county, "child.unmask")
    assert (row.actor_id, row.target, row.detail["purpose"]) == (
        "officer",
        known["id"],
        "联系监护人或儿童:通知补交材料",
    )
    again = officer.get(f"/tasks/{task}").get_data(as_text=True)
    assert known["idcard"] not in again.split('id="child-head"', 1)[1].split("</dl>", 1)[0]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_stays_in_the_house(county: County, task: str, back: str) -> None:
    text = enter(county, "officer").post(f"/children/{the_child(county)['id']}/unmask", back=back, **WHY)
    assert "evil.example" not in text.get_data(as_text=True)


def test_who_sees_no_file_or_gives_no_reason_is_shown_nothing(county: County, task: str) -> None:
    known = the_child(county)
    address = f"/children/{known['id']}/unmask"
    for person, given, status in (
        ("stranger", WHY, 404),
        ("inspector", WHY, 403),
        ("officer", {**WHY, "note": ""}, 422),
        ("officer", {**WHY, "purpose": "NONE"}, 422),
    ):
        answer = enter(county, person).post(address, **given)
        assert answer.status_code == status, (person, given)
        assert known["idcard"] not in answer.get_data(as_text=True)
    assert noted(county, "child.unmask") == []


def test_a_search_by_number_finds_in_the_own_area_only(county: County, task: str) -> None:
    known = the_child(county)
    asked = {"idcard": known["idcard"], "purpose": "IDENTITY", "note": "窗口受理核对"}
    found = enter(county, "officer").post("/child-search", **asked).get_data(as_text=True)
    assert known["archive_no"] in found
    assert known["name"] not in found
    nothing = enter(county, "stranger").post("/child-search", **asked).get_data(as_text=True)
    assert known["archive_no"] not in nothing
    assert "没有查到" in nothing
    rows = noted(county, "child.search")
    assert [(row.actor_id, row.target) for row in rows] == [("officer", known["id"]), ("stranger", None)]
    assert {row.detail["purpose"] for row in rows} == {"核对身份:窗口受理核对"}


def test_a_search_keeps_what_was_typed(county: County, task: str) -> None:
    officer = enter(county, "officer")
    answer = officer.post("/child-search", idcard="519927201503110017", purpose="VISIT", note="入户前核对")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="519927201503110017"' in page
    assert 'value="入户前核对"' in page
    assert 'value="VISIT" selected' in page
    assert noted(county, "child.search") == []


def test_the_leader_goes_through_the_readings(county: County, task: str) -> None:
    known, officer = the_child(county), enter(county, "officer")
    officer.get(f"/tasks/{task}")
    officer.post(f"/children/{known['id']}/unmask", **WHY)
    leader = enter(county, "town-leader")
    page = leader.get("/readings").get_data(as_text=True)
    assert "联系监护人或儿童:通知补交材料" in page
    assert "儿童姓名、身份证号" in page
    assert known["name"] not in page
    (link,) = set(re.findall(r'href="(/children/[^"]+tab=readings)"', page))
    of_child = leader.get(link).get_data(as_text=True)
    assert "查看完整信息" in of_child
    assert "查阅办件" in of_child
    assert "没有查阅记录" in leader.get("/readings?until=2025-01-01").get_data(as_text=True)
    assert officer.get("/readings").status_code == 403
    assert "查看完整信息" in officer.get(link).get_data(as_text=True)
    assert leader.get(f"/children/{known['id']}/readings").headers["Location"] == link
    assert leader.get(f"{link}&after=nonsense").status_code == 409
    assert enter(county, "stranger").get(link).status_code == 404


def test_the_archivist_states_a_purpose_for_each_opening(county: County, task: str) -> None:
    """A file in the archive is opened by its archivist alone, and shows nothing before the reason stands (6.3)."""
    known = the_child(county)
    with county.edge.database.transaction() as session:
        session.execute(update(child).values(archived=True, status="退出"))
    county.people([Actor(id="keeper", name="庄严", grants=(Grant(role="mzj_archivist", place="519927"),))])
    keeper, address = enter(county, "keeper"), f"/children/{known['id']}"
    page = keeper.get(f"{address}?tab=family").get_data(as_text=True)
    assert "说明查阅目的" in page and known["archive_no"] not in page and "王某" not in page
    assert noted(county, "child.read") == []
    empty = keeper.post(f"{address}/archived", purpose="INSPECTION", note="无", tab="family")
    assert empty.status_code == 422 and "4至200个字" in empty.get_data(as_text=True)
    assert noted(county, "child.read") == []
    opened = keeper.post(f"{address}/archived", purpose="INSPECTION", note="年度档案抽查", tab="family")
    assert opened.status_code == 200 and known["archive_no"] in opened.get_data(as_text=True)
    (row,) = noted(county, "child.read")
    assert (row.actor_id, row.target, row.detail["purpose"]) == ("keeper", known["id"], "督查和档案检查:年度档案抽查")
    assert "说明查阅目的" in keeper.get(f"{address}?tab=money").get_data(as_text=True), "each opening anew"
    assert enter(county, "stranger").post(f"{address}/archived", **WHY).status_code == 404
