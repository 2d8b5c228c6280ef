"""What pages say of money, and to whom: the treasury a name, a masked number, an amount and an account; nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cases import agenda, benefit_sheets, case_files, children, payments
from cases.agenda import AGENDA
from cases.benefits import benefit_standard
from cases.covered_children import enter_world
from engine.access import Actor, Grant
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.store.instance import instance
from engine.store.user_task import user_task
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

NOW = datetime.fromisoformat("2026-03-01T08:00:00+08:00")
PEOPLE = {
    "mzj": Grant(role="mzj_handler", place="519927", department="MZJ"),
    "czj": Grant(role="czj_handler", place="519927", department="CZJ"),
    "rsj": Grant(role="rsj_handler", place="519927", department="RSJ"),
    "officer": Grant(role="town_officer", place="519927101"),
    "pair": Grant(role="mzj_sealed", place="519927", department="MZJ"),
}
TOLD = (
    ("张小明", "519927201503110016", "519927101001", "ORPHAN", False),
    ("李小雨", "519927201011110060", "519927102001", "TEKUN", False),
    ("孙小果", "519927201503110024", "519927101001", "HIV", True),
    ("钱小满", "519927200802140018", "519927101001", "ORPHAN", False),
)
#: Whose yearly proof is missing: the money is held from this month on.
HELD, HELD_FROM = "钱小满", "2026-03"


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", NOW)
    opened.set_clock(NOW)
    opened.people([Actor(id=name, name=name, unit="", grants=(grant,)) for name, grant in PEOPLE.items()])
    told = [
        {
            "name": name,
            "idcard": idcard,
            "village": village,
            "categories": ["C1"],
            "enrolled_on": date(2025, 2, 10),
            "scheme": scheme,
            "amount": Decimal(1100),
            "account": "6222020000000000000",
            "sealed": sealed,
        }
        for name, idcard, village, scheme, sealed in TOLD
    ]
    edge = opened.edge
    with edge.database.transaction() as session:
        enter_world(session, children=told, standards=[], now=NOW)
        session.execute(update(children.child).where(children.child.c.name == HELD).values(pay_hold_from=HELD_FROM))
        owner = Actor(id="owner", name="owner", grants=(Grant(role="process_owner"),))
        deploy(session, edge.env, read_folder(PROCESSES / "payment"), actor=owner, now=NOW)
        agenda.open_due(session, edge.env, NOW, AGENDA)
    yield opened
    opened.close()


def page_of(county: County, person: str, track: str) -> tuple[int, str]:
    with county.edge.database.reading() as session:
        case_id = payments.batch_of(session, "2026-03", track)
        instance_id = session.scalar(select(instance.c.id).where(instance.c.case_id == case_id))
    browser = Browser(county.app)
    assert browser.post("/login/demo", person=person).status_code == 303
    answer = browser.get(f"/cases/{instance_id}")
    return answer.status_code, answer.get_data(as_text=True)


def test_the_bureau_sees_the_list_with_its_schemes(county: County) -> None:
    status, text = page_of(county, "mzj", payments.ORDINARY)
    assert status == 200
    for part in ("张小明", "李小雨", "5199**********0016", "社会散居孤儿基本生活费", "¥1,100.00", "共 2 人"):
        assert part in text
    assert "孙小果" not in text and "涉密件" not in text


def test_the_treasury_sees_no_scheme_and_no_whole_number(county: County) -> None:
    status, text = page_of(county, "czj", payments.ORDINARY)
    assert status == 200
    for part in ("张小明", "5199**********0016", "¥1,100.00", "***************0000"):
        assert part in text
    for part in ("社会散居孤儿", "特困", "519927201503110016", "6222020000000000000"):
        assert part not in text


def test_the_list_says_whose_money_is_held_and_why_to_who_sees_reasons(county: County) -> None:
    """A missing yearly proof (P_F 2): held back with the reason; the treasury reads no word of schooling."""
    reason = "未提交在读证明,已书面警示,自2026-03起暂缓发放"
    with county.edge.database.reading() as session:
        number = session.scalar(select(children.child.c.archive_no).where(children.child.c.name == HELD))
    _, told = page_of(county, "mzj", payments.ORDINARY)
    for part in (reason, str(number), "暂缓发放", "共 2 人"):
        assert part in told
    assert HELD not in told
    _, treasury = page_of(county, "czj", payments.ORDINARY)
    assert reason not in treasury and "暂缓发放" not in treasury


@pytest.mark.parametrize("person", ["rsj", "officer"])
def test_others_do_not_see_that_the_list_exists(county: County, person: str) -> None:
    assert page_of(county, person, payments.ORDINARY)[0] == 404


@pytest.mark.parametrize("person", ["mzj", "czj", "officer"])
def test_the_sealed_list_names_nobody_outside_the_pair(county: County, person: str) -> None:
    status, text = page_of(county, person, payments.SEALED)
    assert status == 404 or ("孙小果" not in text and "涉密件" not in text)
    assert "1,100.00" not in text


def test_the_pair_reads_no_cause_either(county: County) -> None:
    status, text = page_of(county, "pair", payments.SEALED)
    assert status == 200
    assert "涉密件" in text and "孙小果" not in text, "by its code (domain.md 6.1)"
    assert "民政直管生活费" in text
    assert "艾滋" not in text


def test_the_list_stands_beside_the_form(county: County) -> None:
    with county.edge.database.reading() as session:
        task_id = session.scalar(select(user_task.c.id).where(user_task.c.role == "mzj_handler"))
    browser = Browser(county.app)
    browser.post("/login/demo", person="mzj")
    text = browser.get(f"/tasks/{task_id}").get_data(as_text=True)
    assert "发放名册" in text
    assert "合计 ¥2,200.00" in text


def test_why_an_allowance_was_chosen_is_told_to_who_sees_the_sensitive_file(county: County) -> None:
    answers = [
        {"category": code, "scheme": scheme, "standard_key": key, "pay_mode": "FULL", "ui": title}
        for code, scheme, key, title in (("C1", "ORPHAN", "A", "孤儿生活费"), ("C4", "TEKUN", "B", "特困供养"))
    ]
    with county.edge.database.transaction() as session:
        for key, amount in (("A", 1100), ("B", 1050)):
            session.execute(
                benefit_standard.insert().values(key=key, valid_from=date(2025, 1, 1), monthly_amount=Decimal(amount))
            )
        case_id = payments.batch_of(session, "2026-03", payments.ORDINARY)
        first = (
            session.execute(select(case_files.case_file).where(case_files.case_file.c.kind == "application").limit(1))
            .mappings()
            .one()
        )
        benefit_sheets.make(session, first["id"], answers, start_month="2026-03", now=NOW)
        words = benefit_sheets.sheet_of(session, first["id"])["words"]
        instance_id = session.scalar(select(instance.c.id).where(instance.c.case_id == case_id))
        session.execute(instance.update().where(instance.c.id == instance_id).values(case_id=first["id"]))
    for person, told in (("mzj", True), ("officer", True)):
        browser = Browser(county.app)
        browser.post("/login/demo", person=person)
        text = browser.get(f"/cases/{instance_id}").get_data(as_text=True)
        assert (words.splitlines()[0] in text) is told
        assert "特困供养——每月1050.00元" in text
