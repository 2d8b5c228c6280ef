"""The way of a signed paper: printed with a code, signed, photographed, found again by the code, handed in at its step;
and the quarterly report on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document

from cases import agenda
from cases.agenda import AGENDA
from cases.covered_children import enter_world
from cases.paper_references import step_reference
from cases.quarters import quarter_report
from cases.story import read_story
from engine.access import Actor, Grant
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.store.user_task import user_task
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml"
OPENING = datetime.fromisoformat("2026-03-02T08:00:00+08:00")
OWNER = Actor(id="owner", name="owner", grants=(Grant(role="process_owner"),))
PEOPLE = {
    "officer": Grant(role="town_officer", place="519927101"),
    "thehead": Grant(role="town_head", place="519927101"),
    "other": Grant(role="town_officer", place="519927102"),
    "mzj": Grant(role="mzj_handler", place="519927", department="MZJ"),
}


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", OPENING)
    opened.people([Actor(id=name, name=name, unit="", grants=(grant,)) for name, grant in PEOPLE.items()])
    yield opened
    opened.close()


def enter(county: County, name: str) -> Browser:
    inside = Browser(county.app)
    assert inside.post("/login/demo", person=name).status_code == 303
    return inside


def code_of(county: County) -> str:
    with county.edge.database.reading() as session:
        return str(session.execute(sa.select(step_reference.c.code)).scalar_one())


def text(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.get_data(as_text=True)


def test_a_signed_paper_finds_its_step_which_does_not_close_without_it(county: County) -> None:
    with county.edge.database.transaction() as session:
        deploy(session, county.edge.env, read_folder(PROCESSES / "application"), actor=OWNER, now=county.now())
    story = read_story(STORY)
    task = county.tell(story, "b_ut_town_sign")
    head, other = enter(county, "thehead"), enter(county, "other")
    assert f"/papers/sheets/{task}" in text(head, f"/tasks/{task}")
    assert "<svg" in text(head, f"/papers/sheets/{task}") and text(head, f"/papers/sheets/{task}")
    code = code_of(county)
    found = head.get(f"/q/{code}")
    assert found.status_code == 303 and found.headers["Location"] == f"/tasks/{task}?paper=signed"
    assert "您扫描的是这一步的签章单" in text(head, found.headers["Location"])
    assert "没有找到这份文书" in text(other, f"/q/{code}", 404)
    assert other.get(f"/papers/sheets/{task}").status_code in (403, 404)
    assert "盖章件由办理这一步的人上传" in text(enter(county, "officer"), f"/q/{code}")
    told = head.post(
        f"/tasks/{task}/complete", accept="application/json", fields='{"head_sign": true}', idempotency_key="1" * 20
    )
    assert told.status_code == 422 and [each["field"] for each in told.get_json()["problems"]] == ["sealed_doc"]
    sent = head.post("/files", accept="application/json", file=(io.BytesIO(b"%PDF-1.4 signed"), "signed.pdf"))
    fields = f'{{"head_sign": true, "sealed_doc": ["{sent.get_json()["id"]}"]}}'
    told = head.post(f"/tasks/{task}/complete", accept="application/json", fields=fields, idempotency_key="2" * 20)
    assert told.status_code == 200, told.get_json()
    county.settle()
    assert "这一步已经收到盖章件" in text(head, f"/q/{code}")


def test_the_quarterly_report_is_made_signed_and_found_again(county: County) -> None:
    told = {"scheme": "ORPHAN", "amount": Decimal(1100), "guardian": "王建国", "categories": ["C1"]}
    about = (("张小明", "519927201503110016", False), ("孙小果", "519927201503110024", True))
    children = [
        {**told, "name": name, "idcard": idcard, "village": "519927101001", "enrolled_on": date(2026, 1, 10),
         "sealed": sealed}
        for name, idcard, sealed in about
    ]  # fmt: skip
    edge = county.edge
    county.set_clock(OPENING)
    with edge.database.transaction() as session:
        enter_world(session, children=children, standards=[], now=OPENING)
        for name in ("report", "assessment", "visit", "quarterly"):
            deploy(session, edge.env, read_folder(PROCESSES / name), actor=OWNER, now=OPENING)
        agenda.open_due(session, edge.env, OPENING, AGENDA)
    county.settle()
    with edge.database.reading() as session:
        query = sa.select(quarter_report.c.case_id).where(quarter_report.c.town == "519927101")
        case_id = session.execute(query).scalar_one()
    officer = enter(county, "officer")
    page = text(officer, f"/papers/quarterly/{case_id}/print")
    assert "青川镇" in page and "2026年第1季度" in page and "报送时限:2026年3月31日" in page and "待汇总" in page
    table = Document(io.BytesIO(officer.get(f"/papers/quarterly/{case_id}").data)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["在册儿童", "1"]  # the sealed one counts nowhere
    assert "不列明" in page and ">孙" not in page
    for address in (f"/papers/quarterly/{case_id}", f"/papers/quarterly/{case_id}/print"):
        assert enter(county, "other").get(address).status_code == 404
    code, head = code_of(county), enter(county, "thehead")
    with edge.database.reading() as session:
        task = session.scalar(sa.select(user_task.c.id).where(user_task.c.element_id == "g_ut_report"))
    assert task is not None
    assert head.get(f"/q/{code}").headers["Location"] == f"/tasks/{task}?paper=signed"
    assert "/papers/quarterly/" in text(head, f"/tasks/{task}")
