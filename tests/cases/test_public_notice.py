"""What hangs in public: a table of its own, with nothing in it that identifies a child (domain.md 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from cases import case_files, children, notices
from cases.demo_children import DEMO_CHILDREN, Deed, DemoChild
from cases.handlers.publish_notice import publish_notice
from cases.notices import NoticeStatus, notice, public_notice, public_notices
from cases.stage import Stage
from engine.clock import COUNTY_ZONE
from engine.domain import ServiceCall, ServiceError, Tools
from engine.errors import SubmissionInvalid
from tests.cases.conftest import Flow, let_names_be_given

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
SCHOOL, ADDRESS, PHONE = "云岭实验金丝雀小学", "青山村九组八十八号", "13899998888"
#: Nothing of this may ever be seen outside.
CANARIES = (
    CHILD.name,
    CHILD.guardian,
    CHILD.idcard,
    "519927198506232137",
    "2015-03-11",
    "2015年",
    "20150311",
    SCHOOL,
    ADDRESS,
    PHONE,
    "C5",
    "岁",
)


@pytest.fixture(autouse=True)
def names_are_given(stage: Stage) -> None:
    """Else one family of a village is named by number only, and there is no name that could be masked too little."""
    let_names_be_given(stage)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


def posted(flow: Callable[..., Flow], child: DemoChild = CHILD, *, online: bool = True) -> Flow:
    """An application whose notice hangs since 09-30."""
    case = flow(child, school=SCHOOL, live_address=ADDRESS, applicant_phone=PHONE)
    case.do(Deed.CHECK, at("09-24 15:00"))
    case.do(Deed.VISIT, at("09-26 15:00"), online=online)
    case.do(Deed.REVIEW, at("09-29 09:30"))
    case.do(Deed.SIGN, at("09-30 10:00"))
    case.do(Deed.POST, at("09-30 15:00"))
    return case


def everything_public(case: Flow) -> str:
    with case.stage.database.reading() as session:
        return str([dict(row) for row in session.execute(public_notice.select()).mappings()])


def test_no_canary_reaches_the_public_table(flow: Callable[..., Flow]) -> None:
    shown = everything_public(posted(flow))
    assert "张某某" in shown and "王某" in shown
    assert [canary for canary in CANARIES if canary in shown] == []


def test_the_public_table_has_no_way_back_to_the_case() -> None:
    """No column of it names a case, a child or a person, and no foreign key leads out of it."""
    assert not {"case_id", "child_id", "id", "created_by"} & set(public_notice.c.keys())
    assert public_notice.foreign_keys == set()


def test_it_hangs_from_the_day_posted_until_midnight_of_the_last(flow: Callable[..., Flow]) -> None:
    case = posted(flow)
    with case.stage.database.reading() as session:
        row = public_notices(session, now=at("10-14 23:59"))[0]
        assert (str(row["posted_on"]), str(row["last_day"])) == ("2025-09-30", "2025-10-14")
        assert public_notices(session, now=at("10-15 00:00")) == ()


def test_a_notice_is_on_the_web_only_when_the_township_asked_for_it(flow: Callable[..., Flow]) -> None:
    """The board is the rule, the web is asked for; an objection needs the number on the board alone."""
    case, seen = posted(flow, online=False), at("10-10 09:00")
    number = case.rows(notice)[0]["notice_no"]
    with case.stage.database.reading() as session:
        assert public_notices(session, now=seen) == ()
        assert notices.find_public_notice(session, number, now=seen) is None
        assert notices.hangs(session, number, now=seen)
        assert not notices.hangs(session, number, now=at("10-15 00:00"))


def test_forwarding_takes_it_down_for_good(flow: Callable[..., Flow]) -> None:
    case = posted(flow)
    case.do(Deed.FORWARD, at("10-15 09:00"))
    assert everything_public(case) == "[]"
    assert case.rows(notice)[0]["status"] == NoticeStatus.EXPIRED


def test_a_category_that_is_never_published_gets_no_draft(flow: Callable[..., Flow]) -> None:
    orphan = next(each for each in DEMO_CHILDREN if each.category == "C1")
    case = flow(orphan)
    case.do(Deed.CHECK)
    case.do(Deed.VISIT)
    assert case.rows(notice) == []


def test_an_ill_child_s_notice_names_no_category_and_no_scheme(flow: Callable[..., Flow]) -> None:
    ill = next(each for each in DEMO_CHILDREN if each.category == "C3")
    case = flow(ill)
    case.do(Deed.CHECK)
    case.do(Deed.VISIT)
    text = case.rows(notice)[0]["masked_text"]
    assert "拟纳入困境儿童分类保障" in text
    assert not any(word in text for word in ("病", "残", "低保", "最低生活", "特困", ill.name))


def test_a_compound_surname_is_kept(flow: Callable[..., Flow]) -> None:
    case = flow(replace(CHILD, name="欧阳小明"))
    case.do(Deed.CHECK)
    case.do(Deed.VISIT)
    assert "欧阳某某" in case.rows(notice)[0]["masked_text"]


@pytest.mark.parametrize("flag", ["sealed_hiv", "no_publicity"])
def test_the_service_refuses_a_child_that_may_not_be_shown(flow: Callable[..., Flow], flag: str) -> None:
    case = posted(flow)
    with case.stage.database.transaction() as session:
        notices.take_down(session, case.case_id, now=case.stage.clock.now(), reason="测试")
        case_files.change(session, case.case_id, **{flag: True})
    parameters: dict[str, Any] = {
        "mode": "MASKED",
        "min_wd": 5,
        "min_cd": 0,
        "posted_on": at("09-30 00:00").date(),
        "notice_until": at("10-14 00:00").date(),
    }
    call = ServiceCall(
        job_id="j",
        idempotency_key="k",
        service="publish_notice",
        parameters=parameters,
        case_id=case.case_id,
        instance_id=case.instance_id,
        now=case.stage.clock.now(),
    )
    stage = case.stage
    tools = Tools(database=stage.database, settings=stage.env.settings, clock=stage.clock)
    with pytest.raises(ServiceError, match="不得公示"):
        publish_notice(call, tools)
    assert everything_public(case) == "[]"


def test_posting_is_refused_once_the_child_is_at_risk(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    for deed in (Deed.CHECK, Deed.VISIT, Deed.REVIEW, Deed.SIGN):
        case.do(deed)
    with case.stage.database.transaction() as session:
        case_files.change(session, case.case_id, no_publicity=True)
    with pytest.raises(SubmissionInvalid, match="不得公示"):
        case.do(Deed.POST)


def test_a_draft_that_shows_too_much_is_refused(flow: Callable[..., Flow]) -> None:
    """The draft is made of masked names; should one of them hold the whole name, it does not pass."""
    case = flow(CHILD)
    wording = notices.Wording(
        notice_no="GS519927101-2025-0001",
        area="青川镇青山村",
        child=CHILD.name,
        guardian="王某",
        category="C5",
        dibao_linked=False,
        issuer="青川镇人民政府",
        objection_phone="0839-5550101",
    )
    with case.stage.database.transaction() as session, pytest.raises(SubmissionInvalid):
        notices.draft(
            session,
            case.case_id,
            wording,
            child_name=CHILD.name,
            guardian_name=CHILD.guardian,
            places=[],
            online=False,
            actor_id="zhao",
            now=case.stage.clock.now(),
        )


def test_the_file_keeps_the_child_s_name(flow: Callable[..., Flow]) -> None:
    case = posted(flow)
    with case.stage.database.reading() as session:
        row = children.find_by_idcard(session, CHILD.idcard)
        assert row is not None and row["name"] == CHILD.name
