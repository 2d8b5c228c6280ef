"""Who opened a case, when and why, stands in the audit, in the same transaction as the page (domain.md 6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from cases import files
from cases.sessions import login_session
from cases.story import read_story
from engine.access import Actor
from engine.clock import FixedClock
from engine.queries.instances import instances
from engine.store import demo_clock
from engine.store.audit import audit
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser
from web import create_app

STORY = read_story(PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml")


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


def reads(county: County) -> list[Any]:
    with county.edge.database.reading() as session:
        return list(session.execute(select(audit).where(audit.c.action == "case.read").order_by(audit.c.id)))


def the_instance(county: County) -> Any:
    with county.edge.database.reading() as session:
        return instances(session, actor=Actor.system("test")).rows[0]


def test_opening_a_task_is_noted_with_the_task_as_its_purpose(county: County, task: str) -> None:
    assert enter(county, "officer").get(f"/tasks/{task}").status_code == 200
    (row,) = reads(county)
    assert (row.actor_id, row.detail["purpose"]) == ("officer", "形式审查")
    assert row.detail["sight"] in ("FILE", "SENSITIVE")


def test_opening_a_case_is_noted_as_a_look_at_the_area(county: County, task: str) -> None:
    assert enter(county, "officer").get(f"/cases/{the_instance(county).id}").status_code == 200
    (row,) = reads(county)
    assert (row.actor_id, row.detail["purpose"]) == ("officer", "辖区查阅")


def test_a_download_is_noted(county: County, task: str) -> None:
    officer = enter(county, "officer")
    content = BytesIO(b"%PDF-1.7\n%test\n")
    kept = officer.post("/files", accept="application/json", file=(content, "a.pdf")).json["id"]
    assert officer.get(f"/files/{kept}").status_code == 200
    assert reads(county) == []  # it belongs to no case yet
    officer.get(f"/cases/{the_instance(county).id}")
    case_id = reads(county)[0].target
    with county.edge.database.transaction() as session:
        session.execute(update(files.file).where(files.file.c.id == kept).values(case_id=case_id))
    assert officer.get(f"/files/{kept}").status_code == 200
    assert reads(county)[-1].detail["purpose"] == f"下载附件 {kept}"


def test_what_was_not_shown_is_not_noted(county: County, task: str) -> None:
    stranger = enter(county, "jkt_leader")
    assert stranger.get(f"/tasks/{task}").status_code in (403, 404)
    assert stranger.get(f"/cases/{the_instance(county).id}").status_code == 404
    assert reads(county) == []


def test_lists_and_the_page_of_the_operators_are_not_reads(county: County, task: str) -> None:
    assert enter(county, "officer").get("/inbox").status_code == 200
    assert reads(county) == []


def test_log_ins_go_by_the_machines_clock(county: County, task: str) -> None:
    """The demonstration's clock may run ahead by months: nobody is logged out by it, and no session is dated so."""
    wall = FixedClock(datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    app = create_app(county.edge.settings, wall)
    with county.edge.database.transaction() as session:
        demo_clock.set_offset(session, datetime(2026, 5, 1) - datetime(2025, 9, 24), by="test", now=wall.instant)
    browser = Browser(app)
    assert browser.post("/login/demo", person="officer").status_code == 303
    assert browser.get("/inbox").status_code == 200
    with county.edge.database.reading() as session:
        row = session.execute(select(login_session)).mappings().one()
    assert all(each.year == 2025 for each in row.values() if isinstance(each, datetime)), {
        name: value for name, value in row.items() if isinstance(value, datetime)
    }
