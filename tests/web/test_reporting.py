"""Five questions, a receipt: a report reaches its case at once, and its reporter sees the receipt and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cases import demo_clock
from cases.reports import report
from engine.access import Actor
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.store.instance import instance
from tests.browser.county import PROCESSES
from web.edge import Edge

#: What a thumb does: one situation, the place, nothing of the child.
SHORTEST = {"situations": "S4", "division": "519927101001", "place": "村小学门口", "police": "no"}


@pytest.fixture
def published(edge: Edge) -> Edge:
    with edge.database.transaction() as session:
        demo_clock.begin_at(
            session, edge.settings, instant=datetime(2025, 9, 24, 2, 0, tzinfo=UTC), actor=Actor.system("test")
        )
        for key in ("report", "application"):
            deploy(session, edge.env, read_folder(PROCESSES / key), actor=Actor.system("deploy"), now=edge.clock.now())
    return edge


def sent(browser, **changed: object):
    return browser.post("/report", **{"idempotency_key": "a-key-of-this-page", **SHORTEST, **changed})


def reports(edge: Edge) -> list[sa.RowMapping]:
    with edge.database.reading() as session:
        return list(session.execute(sa.select(report)).mappings())


def test_the_shortest_report_opens_its_case_and_gives_a_receipt(published, as_person):
    officer = as_person("officer")
    page = officer.get("/report").get_data(as_text=True)
    assert 'href="tel:110"' in page
    assert page.count("<legend>") == 5
    answer = sent(officer)
    assert answer.status_code == 303
    (row,) = reports(published)
    receipt = officer.get(answer.headers["Location"]).get_data(as_text=True)
    assert row["report_no"] in receipt
    assert "您还没有报警,请现在就打" in receipt
    assert (row["location"], row["situations"], row["mandatory"]) == ("村小学门口", ["S4"], True)
    assert row["found_at"] == row["reported_at"]
    assert row["flags"]["suspected_abuse_or_neglect"] is True
    assert row["reporter"]["name"] == "李强"


def test_what_is_ticked_and_typed_reaches_the_report(published, as_person):
    sent(
        as_person("officer"),
        situations=["S6", "S8"],
        danger=["life_threat"],
        child_name="张小明",
        approx_age="7",
        found_at="2025-09-24T08:30",
        police="yes",
        reporter_phone="13812345678",
    )
    (row,) = reports(published)
    assert row["situations"] == ["S6", "S8"]
    assert {name for name, told in row["flags"].items() if told} == {
        "life_threat",
        "abandoned",
        "suspected_abuse_or_neglect",
    }
    assert (row["child_name"], row["approx_age"], row["reported_to_police"]) == ("张小明", 7, True)
    assert row["found_at"] == datetime(2025, 9, 24, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"situations": []}, "situations"),
        ({"division": ""}, "division"),
        ({"place": ""}, "place"),
        ({"approx_age": "七岁"}, "approx_age"),
        ({"approx_age": "99"}, "approx_age"),
        ({"reporter_phone": "12"}, "reporter_phone"),
        ({"found_at": "yesterday"}, "found_at"),
        ({"found_at": "2025-09-30T08:00"}, "found_at"),
        ({"situations": ["nonsense"]}, "situations"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(published, as_person, changed, field):
    officer = as_person("officer")
    answer = sent(officer, **{"child_name": "张小明", **changed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in page
    assert 'value="张小明"' in page
    assert 'value="a-key-of-this-page"' in page
    if field != "place":
        assert 'value="村小学门口"' in page
    assert reports(published) == []


def test_the_same_page_sent_twice_is_one_report(published, as_person):
    officer = as_person("officer")
    assert sent(officer).headers["Location"] == sent(officer).headers["Location"]
    assert len(reports(published)) == 1


def test_the_receipt_is_the_reporters_alone_and_the_case_is_not_his(published, as_person):
    officer, other = as_person("officer"), as_person("window")
    address = sent(officer).headers["Location"]
    assert officer.get(address).status_code == 200
    assert other.get(address).status_code == 404
    with published.database.reading() as session:
        (case,) = session.execute(sa.select(instance.c.id)).scalars()
    assert officer.get(f"/cases/{case}").status_code == 404
    mine = officer.get("/start").get_data(as_text=True)
    assert re.search(rf'href="/report/{case}"', mine)
    assert f"/cases/{case}" not in mine


def test_whoever_may_not_report_has_no_such_page(published, as_person):
    for user in ("admin", "auditor"):
        assert as_person(user).get("/report").status_code == 404
        assert sent(as_person(user)).status_code == 404
    assert reports(published) == []


def test_each_begins_by_the_own_way(published, as_person):
    guardian, window = as_person("guardian"), as_person("window")
    own, at_window = (each.get("/start").get_data(as_text=True) for each in (guardian, window))
    assert "为孩子申请困境保障" in own
    assert "在窗口替监护人填写" not in own
    assert "在窗口替监护人填写" in at_window
    assert "儿童户口簿" in at_window
    assert at_window.index("孩子正有危险") < at_window.index("为孩子申请")
    assert "在窗口替监护人填写" in window.get("/start/application?way=window").get_data(as_text=True)
    assert "涉密申请</h1>" not in window.get("/start/application?way=sealed").get_data(as_text=True)


def test_the_receipt_tells_how_far_it_has_come_and_when_it_was_answered(published, as_person):
    """Received, at work, answered: and never more, however long the child's case goes on (6.1)."""
    officer = as_person("officer")
    address = sent(officer, child_name="张小明").headers["Location"]

    def shown(**values: object) -> str:
        with published.database.transaction() as session:
            session.execute(sa.update(report).values(**values))
        return officer.get(address).get_data(as_text=True)

    assert "已收到,值班员正在研判" in shown(level=None)
    assert "正在处置" in shown(level="L1")
    answered = shown(fed_back_at=datetime(2025, 9, 25, 2, 0, tzinfo=UTC), fed_back_way="电话", finding="不属实")
    assert "已处置并反馈" in answered
    assert "10:00 · 电话" in answered
    assert "请现在就打" not in answered
    assert "张小明" not in answered
    assert "不属实" not in answered
    with published.database.transaction() as session:
        session.execute(sa.update(instance).values(status="completed"))
    assert officer.get(address).get_data(as_text=True).count("已办结") == answered.count("已办结")
