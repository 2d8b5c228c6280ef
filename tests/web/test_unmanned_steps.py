"""The case's page says at once when nobody can do a step, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cases.people import deactivate
from cases.story import read_story
from engine.access import Actor, Grant
from engine.queries.instances import instances
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "evidence_arrives.toml")
RUNS = Actor(id="runs", name="系统管理", grants=(Grant(role="administrator"),))
NOBODY = "现在没有人可以办理"


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    opened.people([RUNS])
    yield opened
    opened.close()


def enter(county: County, person: str) -> Browser:
    browser = Browser(county.app)
    assert browser.post("/login/demo", person=person).status_code == 303
    return browser


def test_the_page_says_who_is_missing_and_what_to_do(county: County) -> None:
    county.tell(STORY, "b_ut_visit")
    with county.edge.database.reading() as session:
        case_id = instances(session, actor=Actor.system("test")).rows[0].id
    guardian = enter(county, "guardian")
    assert NOBODY not in guardian.get(f"/cases/{case_id}").get_data(as_text=True)
    with county.edge.database.transaction() as session:
        deactivate(session, "officer")
    page = guardian.get(f"/cases/{case_id}").get_data(as_text=True)
    assert NOBODY in page
    assert "没有在用的账号" in page
    assert "无人可办" in page
    runs = enter(county, "runs").get(f"/admin/instances/{case_id}").get_data(as_text=True)
    assert NOBODY in runs, "who runs the system sees it too"
