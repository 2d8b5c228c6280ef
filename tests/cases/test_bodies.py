"""Who does a department's work by now (1.4): from which day, of which function, entered by whom."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from cases.bodies import body_for, enter_move, moves
from cases.demo_people import DEMO_USERS
from engine.clock import COUNTY_ZONE
from engine.errors import NotAllowed, SubmissionInvalid
from engine.store import Database, audit

PEOPLE = {user.user_name: user.actor for user in DEMO_USERS}
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=COUNTY_ZONE)
MOVE = {"department": "RSJ", "alias": "YBJ", "valid_from": "2026-04-28", "source_doc": "云委办〔2026〕3号"}


def enter(database: Database, who: str = "administrator", **told: str) -> None:
    with database.transaction() as session:
        enter_move(session, {**MOVE, **told}, actor=PEOPLE[who], now=NOW)


def asked(database: Database, department: str, benefit: str, *days: str) -> list[str]:
    with database.reading() as session:
        return [body_for(session, department, benefit, date.fromisoformat(day)) for day in days]


def test_the_function_moves_on_its_day_and_may_move_back(database: Database) -> None:
    days = ("2026-04-27", "2026-04-28", "2026-07-01")
    assert asked(database, "RSJ", "PREMIUM_FULL", *days) == ["RSJ"] * 3
    enter(database)
    assert asked(database, "RSJ", "PREMIUM_FULL", *days) == ["RSJ", "YBJ", "YBJ"]
    enter(database, alias="RSJ", valid_from="2026-07-01")
    assert asked(database, "RSJ", "PREMIUM_FULL", *days) == ["RSJ", "YBJ", "RSJ"]
    assert asked(database, "MZJ", "MEDICAL_AID", *days) == ["MZJ"] * 3


def test_of_the_bureau_s_work_medical_aid_alone_moves(database: Database) -> None:
    enter(database, department="MZJ")
    assert asked(database, "MZJ", "MEDICAL_AID", "2026-05-01") == ["YBJ"]
    for department, benefit in (
        ("MZJ", "ORPHAN"),
        ("MZJ", "TOMORROW_PLAN"),
        ("RSJ", "PREMIUM_FULL"),
        ("CL", "REHAB_0_6"),
    ):
        assert asked(database, department, benefit, "2026-05-01") == [department]


def test_the_same_day_entered_again_corrects_it(database: Database) -> None:
    enter(database)
    enter(database, source_doc="云委办〔2026〕5号")
    with database.reading() as session:
        (told,) = moves(session, PEOPLE["security_admin"])
        entries = session.execute(sa.select(audit.audit.c.action)).scalars().all()
    assert (told.function, told.body) == ("城乡居民基本医疗保险、大病保险", "县医疗保障局")
    assert (told.valid_from, told.source_doc) == (date(2026, 4, 28), "云委办〔2026〕5号")
    assert entries == ["org_alias.enter"] * 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("department", "CL", "「职能」没有选择"),
        ("department", "", "「职能」没有选择"),
        ("alias", "WJJ", "「承担机构」应为县人力资源社会保障局或县医疗保障局"),
        ("valid_from", "2026-02-30", "「起始日期」不是有效的日期"),
        ("valid_from", "", "「起始日期」不是有效的日期"),
        ("source_doc", " ", "「依据文号」必须填写"),
        ("source_doc", "文" * 201, "「依据文号」必须填写,不超过200字"),
    ],
)
def test_what_cannot_be_is_refused_in_words(database: Database, field: str, value: str, words: str) -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        enter(database, **{field: value})
    (problem,) = refused.value.problems
    assert problem.field == field
    assert problem.message.startswith(words)
    assert "请" in problem.message


def test_nobody_else_enters_or_reads_them(database: Database) -> None:
    for who in ("mzj_leader", "qingchuan_officer", "auditor"):
        with pytest.raises(NotAllowed):
            enter(database, who)
        with database.reading() as session, pytest.raises(NotAllowed):
            moves(session, PEOPLE[who])
