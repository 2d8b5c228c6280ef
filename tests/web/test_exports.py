"""The sheet goes out only after a second person's approval, with a line that says whose copy it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from cases import case_files, children, demo_clock, exports
from cases.child_list import MOST_COUNTED
from cases.children import child
from cases.exports import ExportKind
from cases.ledger_columns import COLUMNS
from cases.ledger_sheets import safe
from engine.access import Actor, Grant
from engine.errors import Refused
from engine.store.audit import audit
from tests.web.conftest import START
from tests.web.test_sheets import CHILD, HEADINGS, VILLAGE, cells, on_file, report, sheet
from tests.web.test_sheets import staff as staff
from web.edge import Edge


def asked(browser, **narrowed: str):
    return browser.post("/sheets/exports", purpose="季度核对台账", **narrowed)


def the_request(browser, name: str = "李强") -> str:
    page = browser.get("/sheets").get_data(as_text=True)
    assert name in page
    return page.split("/sheets/exports/", 1)[1].split("/", 1)[0]


def actions(edge: Edge) -> list[tuple[str, str]]:
    with edge.database.reading() as session:
        rows = session.execute(
            sa.select(audit.c.action, audit.c.actor_id).where(audit.c.action.startswith("child.export"))
        )
        return sorted(tuple(row) for row in rows)


def test_a_second_person_approves_and_the_sheet_says_whose_copy_it_is(edge, as_person):
    officer, leader = as_person("officer"), as_person("leader")
    report(officer, sheet(CHILD, {**CHILD, "姓名": "@李小雨", "身份证号": "519927201503110024", "性别": "女"}))
    with edge.database.transaction() as session:
        session.execute(sa.update(child).values(live_address="=HYPERLINK(1)"))
    assert asked(officer).status_code == 303
    request = the_request(leader)
    address = f"/sheets/exports/{request}"
    assert officer.post(f"{address}/take").status_code == 409  # not approved yet
    assert leader.post(f"{address}/decide", decision="approve").status_code == 303
    assert leader.post(f"{address}/take").status_code == 404  # approving is not getting
    answer = officer.post(f"{address}/take")
    assert answer.status_code == 200
    mark, headings, *rows = cells(answer.get_data())
    for words in ("严禁外传", "导出人 李强", "批准人 高山", "用途 季度核对台账", "共 2 人", request):
        assert words in mark[0]
    assert headings == [column.heading for column in COLUMNS]
    told = dict(zip(headings, rows[0], strict=True))
    assert (told["姓名"], told["身份证号"], told["监护人电话"]) == ("张小明", "519927201503110016", "13812345678")
    assert (told["困境类别"], told["户籍地"], told["出生日期"]) == ("孤儿、贫困家庭儿童", "青川镇石门村", "2015-03-11")
    assert told["现住址"] == "'=HYPERLINK(1)"
    assert rows[1][1] == "'@李小雨"
    assert actions(edge) == [
        ("child.export", "p-officer"), ("child.export", "p-officer"), ("child.export", "p-officer"),
        ("child.export.ask", "p-officer"), ("child.export.decide", "p-leader"),
    ]  # fmt: skip
    child_id = on_file(edge)[0]["id"]
    page = officer.get(f"/children/{child_id}?tab=readings").get_data(as_text=True)
    assert "季度核对台账" in page


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_in_a_sheet_is_a_formula(text):
    assert safe(text) == f"'{text}"


def test_nobody_approves_the_own_request_nor_one_of_another_place_nor_twice(edge, as_person):
    leader, bureau = as_person("leader"), as_person("bureauleader")
    report(as_person("officer"), sheet(CHILD))
    asked(leader)
    address = f"/sheets/exports/{the_request(bureau, '高山')}"
    assert leader.post(f"{address}/decide", decision="approve").status_code == 403
    assert as_person("otherleader").post(f"{address}/decide", decision="approve").status_code == 404
    assert as_person("officer").post(f"{address}/decide", decision="approve").status_code == 404
    assert bureau.post(f"{address}/decide", decision="refuse", reason="").status_code == 422
    assert bureau.post(f"{address}/decide", decision="refuse", reason="用途不清楚").status_code == 303
    assert bureau.post(f"{address}/decide", decision="approve").status_code == 409
    assert leader.post(f"{address}/take").status_code == 409


def test_an_approval_is_for_a_day(edge, as_person):
    officer, leader = as_person("officer"), as_person("leader")
    report(officer, sheet(CHILD))
    asked(officer)
    address = f"/sheets/exports/{the_request(leader)}"
    leader.post(f"{address}/decide", decision="approve")
    with edge.database.transaction() as session:
        demo_clock.begin_at(
            session,
            edge.settings,
            instant=datetime(2025, 9, 24, 2, 0, tzinfo=UTC) + timedelta(hours=24, minutes=5),
            actor=Actor.system("test"),
        )
    assert "批准已过期" in officer.post(f"{address}/take").get_data(as_text=True)


def test_without_a_purpose_for_nobody_or_for_too_many_there_is_no_request(edge, as_person):
    officer = as_person("officer")
    report(officer, sheet(CHILD))
    assert officer.post("/sheets/exports", purpose=" ").status_code == 422
    assert "没有符合条件" in asked(officer, q="欧阳").get_data(as_text=True)
    assert "没有符合条件" in asked(as_person("otherofficer")).get_data(as_text=True)
    with edge.database.transaction() as session:
        row = dict(session.execute(sa.select(child)).mappings().one())
        session.execute(
            sa.insert(child),
            [{**row, "id": f"c{n}", "archive_no": f"519927-2024-{n:05d}", "idcard": None} for n in range(MOST_COUNTED)],
        )
    assert f"一次最多导出 {MOST_COUNTED} 名" in asked(officer).get_data(as_text=True)
    assert asked(officer, q="519927-2024-00007").status_code == 303


def test_a_sealed_file_stands_in_no_sheet(edge, as_person, monkeypatch):
    """Nor would it if the pair asked for sheets one day; nor does it by an own application."""
    officer, leader = as_person("officer"), as_person("leader")
    report(officer, sheet(CHILD))
    with edge.database.transaction() as session:
        sealed = children.open_file(
            session, name="孙小果", idcard="519927201503110024", birth=date(2015, 3, 11), sex="女", hukou_code=VILLAGE,
            search_key="", actor_id="t", now=START, day=date(2025, 9, 1), sealed=True,
        )  # fmt: skip
        case_files.open_case(
            session, kind="application", process_key="application", child_id=sealed, place=VILLAGE,
            policy_profile="CURRENT", facts={}, actor=Actor(id="p-officer", name="李强"), now=START, sealed_hiv=True,
            owner_id="p-officer",
        )  # fmt: skip
    asked(officer)
    address = f"/sheets/exports/{the_request(leader)}"
    leader.post(f"{address}/decide", decision="approve")
    assert "孙小果" not in str(cells(officer.post(f"{address}/take").get_data()))
    monkeypatch.setattr("cases.exported_sheet.ASKERS", {False: frozenset({"mzj_sealed"})})
    pair = Actor(id="pair", name="涉密专办", grants=(Grant(role="mzj_sealed", place="519927", department="MZJ"),))
    with edge.database.transaction() as session, pytest.raises(Refused, match="没有符合条件"):
        exports.ask_export(session, ExportKind.SHEET, {}, purpose="季度核对台账", actor=pair, now=START)


@pytest.mark.parametrize("user", ["window", "guardian", "auditor", "admin"])
def test_who_gets_no_sheet(as_person, user):
    assert asked(as_person(user)).status_code == 403


def test_the_empty_sheet_has_the_columns_that_are_read(as_person):
    assert cells(as_person("officer").get("/sheets/template").get_data()) == [HEADINGS]
