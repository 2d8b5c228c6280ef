"""协助申请: whose family asked for help in the survey stands where the village begins applications, filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from cases import children
from cases.applications import file_application, find_application
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.stage import Stage
from cases.survey_assistance import draft_for, waiting_for_help
from cases.surveys import households, replace_households, survey_campaign, survey_household
from engine.access import Actor, Grant
from engine.errors import NotFound
from engine.store.audit import audit
from engine.store.session import Session
from tests.cases.conftest import Flow
from tests.opened_cases import opened_case

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
VILLAGE = "519927101001"
OFFICER = Actor(id="li", name="李春", grants=(Grant(role="village_officer", place=VILLAGE),))
NEIGHBOUR = Actor(id="wu", name="吴夏", grants=(Grant(role="village_officer", place="519927101002"),))
HEAD = replace(OFFICER, grants=(Grant(role="village_head", place=VILLAGE),))
UNKNOWN = {"name": "王小川", "no_id_reason": "补办中", "birth": date(2016, 3, 2), "hukou": VILLAGE, "clues": "父母失联"}


ASKING = {"idcard": "", "birth": date(2015, 1, 1), "wish_apply": "需协助"}


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
            sa.insert(survey_household).values(
                case_id=case_id, place=VILLAGE, children=rows, asks_help=True, at=now, **household
            )
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


def household(stage: Stage, number: str, children: Sequence[Mapping[str, object]]) -> None:
    """One more household of the village's list, as the village enters it."""
    with stage.database.transaction() as session:
        case_id = session.scalar(sa.select(survey_campaign.c.case_id))
        kept = [
            {name: row[name] for name in ("household_no", "head_name", "address", "found", "children")}
            for row in households(session, case_id, VILLAGE)
        ]
        new = {"household_no": number, "head_name": "李山", "address": "二组", "found": {}, "children": list(children)}
        replace_households(session, case_id, VILLAGE, [*kept, new], by_name="李春", now=stage.clock.now())


def test_the_list_is_one_query_however_many_wait(listed: Stage) -> None:
    counts = []
    for many in (2, 60):
        asking = [{**ASKING, "name": f"孩子{number}"} for number in range(many)]
        household(listed, f"H{many}", asking)
        household(listed, f"N{many}", [{"name": "李不要", "idcard": None, "wish_apply": "否"}])
        with listed.database.count_round_trips() as traffic, listed.database.reading() as session:
            found = waiting_for_help(session, OFFICER)
        counts.append((sum("SELECT" in each for each in traffic.texts), len(found)))
    assert [found for _, found in counts] == [4, 50]
    assert counts[0][0] == counts[1][0] == 1, counts


def test_whoever_wants_no_help_is_not_looked_at(listed: Stage) -> None:
    """The village's index leads to the households that ask, not to all of its households."""
    household(listed, "N1", [{"name": "李不要", "idcard": None, "wish_apply": "否"}])
    with listed.database.reading() as session:
        asks = session.execute(
            sa.select(survey_household.c.household_no, survey_household.c.asks_help).order_by(survey_household.c.id)
        ).all()
    assert [tuple(each) for each in asks] == [("001", True), ("N1", False)]


def test_a_child_of_the_same_description_elsewhere_is_another(listed: Stage) -> None:
    """Without an id number name, birth and village decide, each of them."""
    filed = {"birth": UNKNOWN["birth"], "idcard": None, "sex": "男", "search_key": "", "actor_id": ""}
    with listed.database.transaction() as session:
        for told in (
            {"name": "王小川", "hukou_code": "519927101002"},
            {"name": "王大川", "hukou_code": VILLAGE},
            {"name": "王小川", "hukou_code": VILLAGE, "birth": date(2016, 3, 3)},
        ):
            _apply(session, listed, {**filed, **told})
        assert [each.child["name"] for each in waiting_for_help(session, OFFICER)] == ["张小明", "王小川"]
        _apply(session, listed, {**filed, "name": "王小川", "hukou_code": VILLAGE})
        assert [each.child["name"] for each in waiting_for_help(session, OFFICER)] == ["张小明"]


def _apply(session: Session, stage: Stage, told: Mapping[str, Any]) -> None:
    now = stage.clock.now()
    child_id = children.open_file(session, **told, now=now, day=now.date())
    case_id = opened_case(session, "application", now=now, child_id=child_id)
    number = f"519927101-20260101-{case_id[-4:]}"
    named = {
        "applicant_name": "王",
        "categories_claimed": [],
        "entrusted": False,
        "channel": "本人",
        "status": "核查中",
    }
    file_application(session, case_id, application_no=number, received_at=now, **named)
