"""The ledger as people meet it: read masked and noted, taken away on paper after a second person's approval."""

from __future__ import annotations

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from docx import Document

from cases import exports
from cases.exports import ExportKind, export
from cases.ledger import Scope, read_ledger
from engine.access import Actor
from engine.errors import NotFound
from engine.store.audit import audit
from tests.browser.county import County
from tests.web.conftest import Browser
from tests.web.test_paper_pages import NOW, PEOPLE, enter
from tests.web.test_paper_pages import county as county


def test_the_ledger_shows_each_the_own_area_masked(county: County) -> None:
    seen = {name: enter(county, name).get("/ledger").get_data(as_text=True) for name in ("officer", "other", "mzj")}
    assert "张某某" in seen["officer"] and "李某某" not in seen["officer"]
    assert "李某某" in seen["other"] and "张某某" not in seen["other"]
    assert "张某某" in seen["mzj"] and "李某某" in seen["mzj"]
    for page in seen.values():
        assert "孙" not in page and "涉密件" not in page and "519927201503110016" not in page and "张小明" not in page
    assert "5199**********0016" in seen["officer"] and ">孤儿<" in seen["officer"]


def test_a_village_reads_its_ledger_without_the_category(county: County) -> None:
    page = enter(county, "village").get("/ledger").get_data(as_text=True)
    assert "张某某" in page and ">孤儿<" not in page
    assert enter(county, "village").get("/ledger?place=519927101").status_code == 404


def test_a_sealed_file_stands_in_the_sealed_handlers_ledger_alone(county: County) -> None:
    page = enter(county, "pair").get("/ledger").get_data(as_text=True)
    assert "涉密件" in page and "困境儿童(民政直管)" in page
    assert not any(word in page for word in ("孙", "张某某", "HIV"))


def listings(county: County) -> list[tuple[str, str, str | None, int]]:
    with county.edge.database.reading() as session:
        query = sa.select(audit).where(audit.c.action.startswith("child.list")).order_by(audit.c.id)
        rows = session.execute(query).all()
    assert all("519927201" not in str(row.detail) and "张小明" not in str(row.detail) for row in rows)
    return [(row.actor_id, row.action, row.target, row.detail["children"]) for row in rows]


def test_each_listing_of_what_is_sensitive_is_noted_once(county: County) -> None:
    """By the ledger and by the list of children; a village's ledger tells of nothing sensitive (domain.md 6.4)."""
    assert enter(county, "mzj").get("/ledger").status_code == 200
    assert enter(county, "village").get("/ledger").status_code == 200
    assert enter(county, "pair").get("/ledger").status_code == 200
    assert enter(county, "officer").get("/ledger?place=519927101001").status_code == 200
    expected = [
        ("mzj", "child.list", "519927", 2),
        ("pair", "child.list.sealed", "519927", 1),
        ("officer", "child.list", "519927101001", 1),
    ]
    assert listings(county) == expected
    assert enter(county, "officer").get("/children?place=519927101").status_code == 200
    assert enter(county, "pair").get("/children").status_code == 200
    assert enter(county, "officer").get("/children?status=已死亡").status_code == 200  # nobody, nothing read
    assert listings(county)[3:] == [("officer", "child.list", "519927101", 1), ("pair", "child.list.sealed", None, 1)]
    leader = enter(county, "leader").get("/readings").get_data(as_text=True)
    assert leader.count(">查阅儿童名单<") == 3 and leader.count(">查阅台账<") == 1  # two listings, one purpose each
    assert "青山村" in leader and "pair" not in leader


def test_a_ledger_that_cannot_be_noted_is_not_read(county: County) -> None:
    officer = Actor(id="officer", name="officer", grants=(PEOPLE["officer"],))
    with county.edge.database.reading() as session, pytest.raises(RuntimeError, match="no note"):
        read_ledger(session, officer, "519927101", Scope.ALL, now=NOW)


def test_a_foreign_or_unknown_place_is_not_found(county: County) -> None:
    officer = enter(county, "officer")
    assert officer.get("/ledger?place=519927102").status_code == 404
    assert officer.get("/ledger?place=519927101999").status_code == 404
    assert enter(county, "admin").get("/ledger").status_code == 403


def ask(inside: Browser, place: str, purpose: str = "年度核对"):
    return inside.post("/sheets/exports", kind=ExportKind.LIST.value, place=place, scope="在保", purpose=purpose)


def asked(county: County, who: str = "officer", place: str = "519927101") -> str:
    assert ask(enter(county, who), place).status_code == 303
    with county.edge.database.reading() as session:
        return str(session.scalar(sa.select(sa.func.max(export.c.id))))


def test_a_list_leaves_only_when_a_second_person_stands_for_it(county: County) -> None:
    officer, leader, number = enter(county, "officer"), enter(county, "leader"), asked(county)
    address = f"/sheets/exports/{number}"
    assert officer.get(f"{address}/word").status_code == 409
    assert officer.post(f"{address}/decide", decision="approve").status_code == 403
    for stranger in ("other", "otherleader", "village", "admin", "pair"):
        assert enter(county, stranger).post(f"{address}/decide", decision="approve").status_code == 404
    page = leader.get("/sheets").get_data(as_text=True)
    assert "年度核对" in page and "名册" in page and "共 1 人" in page
    assert leader.post(f"{address}/decide", decision="approve").status_code == 303
    assert leader.post(f"{address}/decide", decision="refuse", reason="用途不清楚").status_code == 409
    assert leader.get(f"{address}/word").status_code == 404
    assert enter(county, "other").get(f"{address}/word").status_code == 404
    assert officer.post(f"{address}/take").status_code == 404  # approved is the masked list, not the sheet in full
    made = officer.get(f"{address}/word").data
    table = Document(io.BytesIO(made)).tables[0]
    assert [cell.text for cell in table.rows[0].cells][:4] == ["序号", "档案编号", "姓名", "性别"]
    assert [row.cells[2].text for row in table.rows[1:]] == ["张某某"]
    with ZipFile(io.BytesIO(made)) as packed:
        heads = "".join(packed.read(name).decode() for name in packed.namelist() if "header" in name)
    assert f"officer 2026-03-02 {number[-6:]}" in heads and "v:textpath" in heads
    page = officer.get(f"{address}/print").get_data(as_text=True)
    assert "张某某" in page and f"officer 2026-03-02 {number[-6:]}" in page
    with county.edge.database.reading() as session:
        query = sa.select(audit.c.action, audit.c.target == number).order_by(audit.c.id)
        noted = session.execute(query.where(audit.c.action.startswith("child.export"))).all()
    taken = [("child.export", True), ("child.export", False)]  # the export, and the child in it
    expected = [("child.export.ask", True), ("child.export.decide", True), *taken, *taken]
    assert sorted(map(tuple, noted)) == sorted(expected)
    county.set_clock(NOW + timedelta(hours=24, minutes=1))
    assert officer.get(f"{address}/word").status_code == 409
    assert "批准已过期" in officer.get("/sheets").get_data(as_text=True)


def test_a_refused_list_stays(county: County) -> None:
    address = f"/sheets/exports/{asked(county)}"
    leader = enter(county, "leader")
    assert leader.post(f"{address}/decide", decision="refuse").status_code == 422
    assert leader.post(f"{address}/decide", decision="refuse", reason="用途不清楚").status_code == 303
    assert enter(county, "officer").get(f"{address}/word").status_code == 409


def test_nobody_of_the_sealed_pair_approves_the_own_request(county: County) -> None:
    number, pair = asked(county, "pair", "519927"), enter(county, "pair")
    address = f"/sheets/exports/{number}"
    assert pair.post(f"{address}/decide", decision="approve").status_code == 403
    assert pair.get(f"{address}/word").status_code == 409
    mzj = enter(county, "mzj")
    assert "年度核对" not in mzj.get("/sheets").get_data(as_text=True)
    assert mzj.get(f"{address}/word").status_code == 404


def test_an_approval_of_the_ordinary_list_gives_no_sealed_one(county: County) -> None:
    """Who has moved to the sealed pair since does not take its list with the old approval."""
    number = asked(county, "mzj", "519927")
    with county.edge.database.transaction() as session:
        approved = {"state": "已批准", "decided_by": "x", "decided_at": NOW, "valid_until": NOW + timedelta(hours=1)}
        session.execute(sa.update(export).values(**approved))
        moved = Actor(id="mzj", name="mzj", grants=(PEOPLE["pair"],))
        with pytest.raises(NotFound):
            exports.take_list(session, number, actor=moved, now=NOW)


def test_who_may_not_ask_does_not(county: County) -> None:
    for who, place, status in (
        ("village", "519927101001", 403),
        ("officer", "519927102", 404),
        ("village", "519927", 404),
    ):
        assert ask(enter(county, who), place).status_code == status, who
    assert ask(enter(county, "officer"), "519927101", " ").status_code == 422


def test_more_than_a_thousand_lines_do_not_leave(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.export_rules.MOST_CHILDREN", 1)
    told = ask(enter(county, "mzj"), "519927")
    assert told.status_code == 409 and "一次最多导出 1 名" in told.get_data(as_text=True)
