"""What the county decides for itself: defaults, who may change them, and what then happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from cases.case_files import find_case
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import DEMO_USERS
from cases.notices import notice, public_notice
from cases.parameters import DEFAULTS, county_parameter, parameters, set_parameter
from engine.clock import COUNTY_ZONE
from engine.errors import NotAllowed, SubmissionInvalid
from engine.store import Database, audit
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
PEOPLE = {user.user_name: user.actor for user in DEMO_USERS}
NOW = datetime(2025, 9, 24, 9, 0, tzinfo=COUNTY_ZONE)


def put(database: Database, name: str, value: str, who: str = "security_admin") -> None:
    with database.transaction() as session:
        set_parameter(session, name, value, actor=PEOPLE[who], now=NOW)


def visited(flow: Callable[..., Flow], child: Any = CHILD) -> Flow:
    case = flow(child)
    case.do(Deed.CHECK)
    case.do(Deed.VISIT)
    return case


def test_defaults_stand_until_somebody_changes_one(database: Database) -> None:
    with database.reading() as session:
        assert parameters(session) == DEFAULTS
    put(database, "objection_phone", " 0839-5550202 ")
    with database.reading() as session:
        assert parameters(session) == replace(DEFAULTS, objection_phone="0839-5550202")
        row = session.execute(sa.select(audit.audit)).one()
    assert (row.action, row.target) == ("parameter.set", "objection_phone")
    assert row.detail == {"from": "0839-5550101", "to": "0839-5550202"}


def test_a_name_that_a_later_program_dropped_does_no_harm(database: Database) -> None:
    with database.transaction() as session:
        session.execute(
            sa.insert(county_parameter).values(name="of_old", value="1", set_by="security_admin", set_at=NOW)
        )
    with database.reading() as session:
        assert parameters(session) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("objection_phone", "<b>"),
        ("objection_phone", ""),
        ("few_families", "-1"),
        ("few_families", "99"),
        ("sixteen_floor", "2"),
        ("sixteen_floor", "是"),
        ("no", "1"),
        ("policy_profile", "current"),
        ("age_counting", "生日"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(database: Database, name: str, value: str) -> None:
    with pytest.raises(SubmissionInvalid):
        put(database, name, value)


def test_a_case_keeps_the_policy_profile_with_which_it_began(flow: Callable[..., Flow], database: Database) -> None:
    """Only new cases follow the change, and the change is in the audit (0.3, 6.4)."""

    def profile(case: Flow) -> str:
        with database.reading() as session:
            return str(find_case(session, case.case_id)["policy_profile"])

    before = flow(CHILD)
    put(database, "policy_profile", "SEED_LITERAL")
    after = flow(replace(CHILD, sequence=CHILD.sequence + 2, name="李小文"))
    assert (profile(before), profile(after)) == ("CURRENT", "SEED_LITERAL")
    with database.reading() as session:
        noted = session.execute(sa.select(audit.audit).where(audit.audit.c.target == "policy_profile")).all()
    assert [(row.action, row.detail) for row in noted][-1] == (
        "parameter.set",
        {"from": "CURRENT", "to": "SEED_LITERAL"},
    )


@pytest.mark.parametrize("who", ["mzj_leader", "process_owner", "auditor"])
def test_only_keepers_change_one(database: Database, who: str) -> None:
    with pytest.raises(NotAllowed):
        put(database, "few_families", "3", who)


def test_a_notice_gives_the_county_s_telephone(flow: Callable[..., Flow], database: Database) -> None:
    put(database, "objection_phone", "0839-5550202")
    case = visited(flow)
    for deed in (Deed.REVIEW, Deed.SIGN, Deed.POST):
        case.do(deed)
    assert "0839-5550202" in case.rows(notice)[0]["masked_text"]
    with database.reading() as session:
        assert session.execute(sa.select(public_notice.c.objection_phone)).scalar_one() == "0839-5550202"


def test_names_are_given_where_the_county_says_so(flow: Callable[..., Flow], database: Database) -> None:
    put(database, "few_families", "0")
    assert "张某某" in visited(flow).rows(notice)[0]["masked_text"]


def test_few_families_are_named_by_number(flow: Callable[..., Flow]) -> None:
    """One family of the village has an application: a surname would tell everybody who it is (6.2: fewer than 3)."""
    row = visited(flow).rows(notice)[0]
    assert f"编号{row['notice_no']}的儿童" in row["masked_text"]
    assert not any(name in row["masked_text"] for name in ("张某", "王某", CHILD.name, CHILD.guardian))


def test_enough_families_are_named(flow: Callable[..., Flow], database: Database) -> None:
    put(database, "few_families", "1")
    assert "张某某" in visited(flow).rows(notice)[0]["masked_text"]
