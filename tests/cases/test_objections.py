"""Objections: who learns who objected, who may investigate, and that nothing is lost between notice and objection."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from cases import appeals, decisions, documents, notices, objections
from cases.case_facts import gather
from cases.case_files import case_file, find_case, scope_of, visible
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import DEMO_USERS, holder
from cases.handlers import HANDLERS
from cases.roles import AREA_SIGHT, ROLE, CaseScope, Sight, sight
from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.clock import COUNTY_ZONE
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.definitions.bundle import read_folder
from engine.domain import ServiceCall, Tools
from engine.errors import NotAllowed, SubmissionInvalid
from engine.store import Session, instance, metadata
from tests.cases.conftest import PROCESSES, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
NUMBER = "GS519927101-2025-0001"
NEIGHBOUR = Actor(id="neighbour", name="刘大妈", grants=(Grant(role="applicant", place="519927101001"),))
INVESTIGATOR = Actor(id="investigator", name="林涛", grants=(Grant(role="town_investigator", place="519927101"),))
TOLD = {
    "notice_no": NUMBER,
    "objector_name": "刘大妈",
    "objector_phone": "13900001111",
    "channel": "网上",
    "content": "这家在县城有一套商品房,去年刚装修。",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


@pytest.fixture
def published(flow: Callable[..., Flow]) -> Flow:
    """An application whose notice hangs since 2025-09-26."""
    case = flow(CHILD)
    case.stage.prepare([PROCESSES / "objection"])
    case.do(Deed.CHECK, at("09-24T15:00"))
    case.do(Deed.VISIT, at("09-25T15:00"))
    case.do(Deed.REVIEW)
    case.do(Deed.SIGN)
    case.do(Deed.POST, at("09-26T10:00"))
    return case


def objecting(case: Flow, actor: Actor = NEIGHBOUR, **fields: Any) -> Flow:
    """File an objection; the returned flow is about it."""
    with case.stage.database.transaction() as session:
        started = start_process(
            session,
            case.stage.env,
            "objection",
            fields={**TOLD, **fields},
            actor=actor,
            now=case.stage.clock.now(),
            idempotency_key=uuid4().hex,
        )
    case.stage.run_due()
    return Flow(stage=case.stage, child=CHILD, instance_id=started.instance_id, case_id=started.case_id or "")


def done(case: Flow, task: str, actor: Actor, **fields: Any) -> None:
    with case.stage.database.transaction() as session:
        claim_task(session, case.open_task(task), actor=actor, now=case.stage.clock.now())
        complete_task(
            session,
            case.stage.env,
            case.open_task(task),
            fields=fields,
            actor=actor,
            now=case.stage.clock.now(),
            idempotency_key=uuid4().hex,
        )
    case.stage.run_due()


def accepted(case: Flow) -> Flow:
    filed = objecting(case)
    done(filed, "o_ut_accept", holder("town_leader", CHILD.place).actor, handling="受理")
    return filed


def status(session: Session, case_id: str) -> str:
    return str(find_case(session, case_id)["status"])


def test_only_the_investigator_learns_who_objected(published: Flow) -> None:
    filed, now = accepted(published), published.stage.clock.now()
    leader, officer = (holder(role, CHILD.place).actor for role in ("town_leader", "town_officer"))

    def seen(actor: Actor) -> objections.Objector | None:
        with published.stage.database.transaction() as session:
            return objections.objector_for(session, actor, filed.case_id, now=now)

    assert seen(INVESTIGATOR) is None, "before the task is taken"
    with published.stage.database.transaction() as session:
        claim_task(session, filed.open_task("o_ut_investigate"), actor=INVESTIGATOR, now=now)
    assert seen(INVESTIGATOR) == objections.Objector(name="刘大妈", phone="13900001111")
    for user in DEMO_USERS:
        assert seen(user.actor) is None, user.user_name
    assert seen(leader) is None and seen(officer) is None
    done(filed, "o_ut_investigate", INVESTIGATOR, conclusion="不成立", findings="查询结果显示没有商品房。")
    assert seen(INVESTIGATOR) is not None


def test_reading_the_objector_is_in_the_audit(published: Flow) -> None:
    filed, now = accepted(published), published.stage.clock.now()
    table = metadata.tables["audit"]
    with published.stage.database.transaction() as session:
        claim_task(session, filed.open_task("o_ut_investigate"), actor=INVESTIGATOR, now=now)
        objections.objector_for(session, INVESTIGATOR, filed.case_id, now=now)
        rows = session.execute(select(table.c.target).where(table.c.action == "objector.read")).scalars().all()
    assert rows == [filed.case_id]


def test_the_verifier_does_not_investigate_whatever_else_he_is(published: Flow) -> None:
    filed = accepted(published)
    officer = holder("town_officer", CHILD.place).actor
    both = Actor(id=officer.id, name=officer.name, grants=(*officer.grants, *INVESTIGATOR.grants))
    went_along = Actor(id="somebody", name="陈秀英", grants=INVESTIGATOR.grants)
    for person in (both, went_along):
        with pytest.raises(NotAllowed, match="原核查人员"):
            done(filed, "o_ut_investigate", person, conclusion="不成立", findings="查询结果显示没有商品房。")


def test_a_verifier_who_holds_the_task_still_does_not_learn_who_objected(published: Flow) -> None:
    filed, now = accepted(published), published.stage.clock.now()
    officer = holder("town_officer", CHILD.place).actor
    both = Actor(id=officer.id, name=officer.name, grants=(*officer.grants, *INVESTIGATOR.grants))
    with published.stage.database.transaction() as session:
        claim_task(session, filed.open_task("o_ut_investigate"), actor=both, now=now)
        assert objections.objector_for(session, both, filed.case_id, now=now) is None


def test_nobody_reads_the_forms_of_an_objection_by_area() -> None:
    """Whoever sees a case at SENSITIVE by office reads every form of it, so that nobody may for an objection."""
    case = CaseScope(place="519927101001", kind="objection")
    for role in ROLE.values():
        actor = Actor(id="x", name="x", grants=(Grant(role=role.code, place="519927", department=role.department),))
        assert sight(actor, case) <= Sight.MASKED, role.code
        if role.code in AREA_SIGHT and role.code not in ("town_leader", "town_head", "mzj_leader"):
            assert sight(actor, case) == Sight.NONE, role.code


def test_neither_guardian_nor_officer_finds_the_objection_in_a_list(published: Flow) -> None:
    filed = objecting(published)
    with published.stage.database.reading() as session:
        for role in ("applicant", "town_officer", "village_officer", "town_window", "mzj_handler"):
            actor = holder(role, CHILD.place).actor
            found = session.execute(select(case_file.c.id).where(visible(actor))).scalars().all()
            assert filed.case_id not in found, role
            assert sight(actor, scope_of(session, filed.case_id)) == Sight.NONE


def test_nothing_of_the_objector_is_in_state_inbox_facts_or_the_application(published: Flow) -> None:
    filed = accepted(published)
    with published.stage.database.reading() as session:
        row = session.execute(select(instance.instance).where(instance.instance.c.id == filed.instance_id)).one()
        told = [row.subject, row.search_key, bytes(row.state).decode("utf-8", "ignore")]
        told += [
            json.dumps(dict(gather(session, case, at("09-30T09:00"))), default=str, ensure_ascii=False)
            for case in (filed.case_id, published.case_id)
        ]
        of_application = [dict(row) for row in session.execute(select(documents.document)).mappings()]
    assert not any("刘大妈" in text or "13900001111" in text for text in told)
    assert of_application == []


def test_the_reply_belongs_to_the_objection_and_says_nothing_of_the_family(published: Flow) -> None:
    filed = accepted(published)
    done(filed, "o_ut_investigate", INVESTIGATOR, conclusion="不成立", findings="查询结果显示没有商品房。")
    done(
        filed,
        "o_ut_decide",
        holder("town_head", CHILD.place).actor,
        ruling="不成立",
        reason="核查材料充分,同意核查结论。",
        head_sign=True,
    )
    with published.stage.database.reading() as session:
        letters = documents.documents_of(session, filed.case_id)
        assert documents.documents_of(session, published.case_id) == ()
    assert [letter["kind"] for letter in letters] == ["公示异议答复书"]
    assert not any(word in letters[0]["body"] for word in (CHILD.name, CHILD.guardian, "商品房", "低保"))


def test_an_anonymous_objection_is_taken_and_gets_no_letter(published: Flow) -> None:
    filed = objecting(published, objector_name="", objector_phone="")
    done(
        filed,
        "o_ut_accept",
        holder("town_leader", CHILD.place).actor,
        handling="不受理",
        reason="没有可以核实的具体事实。",
    )
    with published.stage.database.reading() as session:
        assert objections.find(session, filed.case_id)["ruling"] == "不受理"
        assert documents.documents_of(session, filed.case_id) == ()


@pytest.mark.parametrize(
    ("when", "fields", "message"),
    [
        ("10-11T00:05", {}, "投诉举报"),
        ("09-29T10:00", {"notice_no": "GS519927101-2025-0099"}, "没有找到"),
        ("09-29T10:00", {"objector_phone": "12"}, "电话"),
        ("09-29T10:00", {"content": "这家的孩子听说有艾滋病,不应该公示。"}, "涉密"),
    ],
)
def test_what_is_refused_says_why(published: Flow, when: str, fields: Mapping[str, Any], message: str) -> None:
    published.stage.move_to(at(when))
    with pytest.raises(SubmissionInvalid) as refused:
        objecting(published, **fields)
    assert any(message in problem.message for problem in refused.value.problems)


def test_an_objection_against_a_notice_that_was_taken_down_is_refused(published: Flow) -> None:
    with published.stage.database.transaction() as session:
        notices.take_down(session, published.case_id, now=published.stage.clock.now(), reason="责令撤下")
    with pytest.raises(SubmissionInvalid):
        objecting(published)


def test_counting_twice_gives_one_answer_and_counts_each_objection_once(published: Flow) -> None:
    """A service may be called again; a second notice does not inherit the rulings of the first."""
    filed, now = accepted(published), published.stage.clock.now()
    with published.stage.database.transaction() as session:
        assert objections.settle(session, published.case_id, key="a", now=now).open == 1
        assert objections.close(session, filed.case_id, "部分成立", now=now) == NUMBER
        assert objections.close(session, filed.case_id, "部分成立", now=now) == NUMBER
        first = objections.settle(session, published.case_id, key="b", now=now)
        assert objections.settle(session, published.case_id, key="b", now=now) == first
        assert (first.open, first.result, first.closed_on) == (0, "RECHECK", now.date())
        assert objections.settle(session, published.case_id, key="c", now=now).result == "CLEAR"


def test_services_called_twice_have_one_effect(published: Flow) -> None:
    """As after a worker that died between its effect and its answer."""
    filed, stage = accepted(published), published.stage
    done(filed, "o_ut_investigate", INVESTIGATOR, conclusion="不成立", findings="查询结果显示没有商品房。")
    tools = Tools(database=stage.database, settings=stage.env.settings, clock=stage.clock)
    for service in ("close_objection", "objection_reply"):
        call = ServiceCall(
            job_id="job",
            idempotency_key=f"{service}:the same key",
            service=service,
            parameters={"ruling": "不成立"},
            case_id=filed.case_id,
            instance_id=filed.instance_id,
            now=stage.clock.now(),
        )
        first = HANDLERS[service](call, tools)
        once = [filed.rows(table) for table in (objections.objection, documents.document)]
        assert HANDLERS[service](replace(call, attempt=2), tools) == first
        assert [filed.rows(table) for table in (objections.objection, documents.document)] == once


def test_one_upheld_among_several_decides(published: Flow) -> None:
    filed, now = [objecting(published) for _ in range(3)], published.stage.clock.now()
    with published.stage.database.transaction() as session:
        for each, ruling in zip(filed, ("部分成立", "成立", "不成立"), strict=True):
            objections.close(session, each.case_id, ruling, now=now)
        assert objections.settle(session, published.case_id, key="a", now=now).result == "UPHELD"


def test_a_ruling_is_kept_while_another_objection_holds_the_file_up(published: Flow) -> None:
    upheld, open_one, now = objecting(published), objecting(published), published.stage.clock.now()
    with published.stage.database.transaction() as session:
        objections.close(session, upheld.case_id, objections.Ruling.UPHELD, now=now)
        assert objections.settle(session, published.case_id, key="a", now=now).open == 1
        assert objections.close(session, open_one.case_id, objections.Ruling.REJECTED, now=now) == NUMBER
        assert objections.settle(session, published.case_id, key="b", now=now).result == "UPHELD"


def test_without_waiting_closed_ones_count_and_open_ones_are_left_to_the_next_count(published: Flow) -> None:
    """The verification in the notice's place found otherwise (M9): nobody is told when the last one is closed."""
    upheld, open_one, now = objecting(published), objecting(published), published.stage.clock.now()
    with published.stage.database.transaction() as session:
        objections.close(session, upheld.case_id, objections.Ruling.UPHELD, now=now)
        counted = objections.settle(session, published.case_id, key="a", now=now, waits=False)
        assert (counted.open, counted.result) == (1, "UPHELD")
        assert objections.close(session, open_one.case_id, objections.Ruling.PARTLY, now=now) is None
        assert objections.settle(session, published.case_id, key="b", now=now).result == "RECHECK"


def test_the_verification_in_the_notice_s_place_reads_what_open_objections_say(published: Flow) -> None:
    filed, now = objecting(published), published.stage.clock.now()
    with published.stage.database.transaction() as session:
        told = gather(session, published.case_id, now)
        assert (told["objections_open"], told["objections_said"]) == (1, f"(1){TOLD['content']}")
        objections.close(session, filed.case_id, objections.Ruling.REJECTED, now=now)
        assert gather(session, published.case_id, now)["objections_open"] == 0


def test_the_application_shows_that_it_is_contested_until_forwarded(published: Flow) -> None:
    with published.stage.database.reading() as session:
        assert status(session, published.case_id) == "公示中"
    objecting(published)
    objecting(published)
    with published.stage.database.reading() as session:
        assert status(session, published.case_id) == "异议核查"


def test_limits_of_remedies() -> None:
    """AC-07: served Fri 2025-11-28; and a limit that ends on a holiday rolls forward."""
    calendar = default_calendar()
    served = at("11-28T10:00").date()
    limits = decisions.limits(calendar, served)
    assert (limits.review_until.isoformat(), limits.lawsuit_until.isoformat()) == ("2026-01-27", "2026-05-28")
    weekend = decisions.limits(calendar, at("10-15T10:00").date())
    assert weekend.review_until.isoformat() == "2025-12-15"
    assert appeals.lawsuit_after_review(calendar, served) - served == timedelta(days=17), "12-13 is a Saturday"


def test_the_process_asks_for_no_more_than_the_spec() -> None:
    forms = {key: json.loads(raw) for key, raw in read_folder(PROCESSES / "objection").forms.items()}
    fields = {part["key"] for part in forms["o_ut_file"]["components"] if "key" in part}
    assert fields == {"notice_no", "objector_name", "objector_phone", "content", "evidence", "channel"}
    for key, form in forms.items():
        if key != "o_ut_file":
            assert not {"objector_name", "objector_phone"} & {part.get("key") for part in form["components"]}


VISITED = {
    "conclusion": "不成立",
    "findings": "入户核查,反映的情况不存在。",
    "visited": True,
    "visit_at": "2025-09-26T10:00:00+08:00",
    "visitors": "林洁、何静",
    "interviewee": "奶奶",
    "housing": "自建房,安全",
    "guardianship": "正常",
    "schooling": "在读",
}


@pytest.mark.parametrize("found", [{"risk_found": True}, {"guardianship": "缺失"}, {"guardianship": "不当"}])
def test_an_investigator_who_finds_a_child_at_risk_reports_it_first(published: Flow, found: dict[str, Any]) -> None:
    """Domain 4.0 and M15: risk found in any form starts the protection process at once."""
    filed = accepted(published)
    with pytest.raises(SubmissionInvalid, match="请先提交强制报告"):
        done(filed, "o_ut_investigate", INVESTIGATOR, **{**VISITED, **found})
    with pytest.raises(SubmissionInvalid, match="没有编号为 BG519927-2025-9999 的报告"):
        done(filed, "o_ut_investigate", INVESTIGATOR, **{**VISITED, **found, "risk_report_no": "BG519927-2025-9999"})


def test_an_investigator_who_finds_none_needs_no_report(published: Flow) -> None:
    done(accepted(published), "o_ut_investigate", INVESTIGATOR, **VISITED)
