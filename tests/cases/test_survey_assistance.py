"""协助申请: whose family asked for help in the survey stands where the village begins applications, filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from cases.applications import find_application
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.stage import Stage
from cases.survey_assistance import draft_for, waiting_for_help
from cases.surveys import survey_campaign, survey_household
from engine.access import Actor, Grant
from engine.errors import NotFound
from engine.store.audit import audit
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
VILLAGE = "519927101001"
OFFICER = Actor(id="li", name="李春", grants=(Grant(role="village_officer", place=VILLAGE),))
NEIGHBOUR = Actor(id="wu", name="吴夏", grants=(Grant(role="village_officer", place="519927101002"),))
HEAD = replace(OFFICER, grants=(Grant(role="village_head", place=VILLAGE),))
UNKNOWN = {"name": "王小川", "no_id_reason": "补办中", "birth": date(2016, 3, 2), "hukou": VILLAGE, "clues": "父母失联"}


@pytest.fixture
def listed(stage: Stage, flow: Callable[..., Flow]) -> Stage:
    """A campaign that listed three children of one household: two ask for help, one does not."""
    now = stage.clock.now()
    case_id = flow(replace(CHILD, name="张甲", birth=date(2014, 7, 8))).case_id  # a case to hang the campaign on
    asked = {"wish_apply": "需协助", "suspect_category": ["C2", "NONE"]}
    rows = [
        {"name": "张小明", "idcard": CHILD.idcard, "hukou": VILLAGE, **asked},
        {"name": "李不要", "idcard": None, "no_id_reason": "补办中", "wish_apply": "否"},
        {**UNKNOWN, **asked},
    ]
    with stage.database.transaction() as session:
        campaign = {"name": "2026年摸底", "year": 2026, "deadline": date(2026, 8, 24), "note": ""}
        session.execute(sa.insert(survey_campaign).values(case_id=case_id, **campaign))
        household = {"household_no": "001", "head_name": "王大山", "address": "一组3号", "found": {}, "by_name": "李春"}
        session.execute(
            sa.insert(survey_household).values(case_id=case_id, place=VILLAGE, children=rows, at=now, **household)
        )
    return stage


def test_each_waits_until_somebody_applies(listed: Stage) -> None:
    with listed.database.reading() as session:
        found = waiting_for_help(session, OFFICER)
        assert [each.child["name"] for each in found] == ["张小明", "王小川"]
        assert waiting_for_help(session, NEIGHBOUR) == waiting_for_help(session, HEAD) == ()
    filed = Flow(stage=listed, child=CHILD)
    filed.do(Deed.APPLY, actor=holder("village_officer", VILLAGE).actor)
    with listed.database.reading() as session:
        assert [each.child["name"] for each in waiting_for_help(session, OFFICER)] == ["王小川"]
        assert find_application(session, filed.case_id)["channel"] == "摸底"


def test_the_draft_says_what_the_visit_told_and_its_reading_is_noted(listed: Stage) -> None:
    with listed.database.transaction() as session:
        first, second = waiting_for_help(session, OFFICER)
        told = draft_for(session, OFFICER, second.code, now=listed.clock.now())
        assert told == {
            "entrusted": True,
            "child_name": "王小川",
            "has_idcard": "无",
            "no_id_reason": "补办中",
            "birth": date(2016, 3, 2),
            "hukou_village": VILLAGE,
            "live_address": "一组3号",
            "categories": ["C2"],
            "statement": "父母失联",
        }
        assert draft_for(session, OFFICER, first.code, now=listed.clock.now())["child_idcard"] == CHILD.idcard
    with listed.database.reading() as session:
        noted = session.execute(sa.select(audit.c.target).where(audit.c.action == "survey.assist")).scalars().all()
    assert sorted(noted) == sorted([first.code, second.code])


@pytest.mark.parametrize("who", [NEIGHBOUR, HEAD])
def test_another_village_gets_no_draft(listed: Stage, who: Actor) -> None:
    with listed.database.transaction() as session:
        [first, _] = waiting_for_help(session, OFFICER)
        for code in (first.code, "0-0", "nothing"):
            with pytest.raises(NotFound, match="名单"):
                draft_for(session, who, code, now=listed.clock.now())
