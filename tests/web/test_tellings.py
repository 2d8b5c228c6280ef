"""What happened outside, told to a case on its page: by whom, when it is waited for, and by nobody else. And which
fields of the application's form each role gets at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cases.story import read_story
from engine.access import Actor, Grant
from engine.queries.instances import instances
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "evidence_arrives.toml")
LEADER = Actor(id="leader", name="孙立", grants=(Grant(role="town_leader", place="519927101"),))
FAR = Actor(id="far", name="周平", grants=(Grant(role="town_officer", place="519927102"),))
VILLAGE = Actor(id="village", name="陈秀英", grants=(Grant(role="village_officer", place="519927101001"),))
SEALED = Actor(id="sealed", name="陶然", grants=(Grant(role="mzj_sealed", place="519927"),))
GUARDIAN = Actor(id="parent", name="王秀英", grants=(Grant(role="applicant", place="519927"),))
WINDOW = Actor(id="counter", name="张丽", grants=(Grant(role="town_window", place="519927101"),))


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    opened.people([LEADER, FAR, VILLAGE, SEALED, GUARDIAN, WINDOW])
    yield opened
    opened.close()


def enter(county: County, person: str) -> Browser:
    browser = Browser(county.app)
    assert browser.post("/login/demo", person=person).status_code == 303
    return browser


@pytest.fixture
def case(county: County) -> str:
    """The address of a case that waits for evidence."""
    county.tell(STORY, "b_ut_evidence_req")
    county.tell_one(STORY, "b_ut_evidence_req")
    assert county.open_task("b_ut_visit") is None
    with county.edge.database.reading() as session:
        return f"/cases/{instances(session, actor=Actor.system('test')).rows[0].id}"


def test_the_officer_says_that_the_evidence_came(county: County, case: str) -> None:
    officer = enter(county, "officer")
    assert f"{case}/tell/evidence" in officer.get(case).get_data(as_text=True)
    assert officer.post(f"{case}/tell/evidence", reason="收入证明已收到").status_code == 303
    county.settle()
    assert county.open_task("b_ut_visit")
    assert f"{case}/tell/evidence" not in officer.get(case).get_data(as_text=True)
    assert officer.post(f"{case}/tell/evidence").status_code == 409


@pytest.mark.parametrize(
    ("person", "slug", "status"),
    [
        ("officer", "no-such-thing", 409),
        ("officer", "notice-error", 409),
        ("officer", "recommendation", 409),
        ("leader", "evidence", 409),
        ("far", "evidence", 404),
        ("sealed", "evidence", 404),
        ("village", "evidence", 409),
    ],
)
def test_nobody_else_and_nothing_else(county: County, case: str, person: str, slug: str, status: int) -> None:
    browser = enter(county, person)
    if status != 404:
        assert f"{case}/tell/{slug}" not in browser.get(case).get_data(as_text=True)
    assert browser.post(f"{case}/tell/{slug}", reason="收到").status_code == status
    county.settle()
    assert county.open_task("b_ut_visit") is None


@pytest.mark.parametrize(
    ("person", "has"), [("parent", True), ("sealed", True), ("village", False), ("counter", False)]
)
def test_the_sealed_fields_are_not_sent_to_who_may_not_file_there(county: County, person: str, has: bool) -> None:
    answer = enter(county, person).get("/start/application")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "child_name" in text
    for field in ("hiv_track", "sealed_report", "confidential"):
        assert (f'"{field}"' in text) is has, field
