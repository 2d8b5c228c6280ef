"""The application through the real commands, on both databases: acceptance, separation of duties, effects once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from cases import applications, case_files, children, materials
from cases.benefits import benefit_item
from cases.case_facts import gather
from cases.deadlines import DeadlineCode, deadline
from cases.decisions import decision
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.documents import DocumentKind, document
from cases.handlers import HANDLERS
from cases.handlers.exit_handlers import EXIT_HANDLERS
from cases.handlers.payment_handlers import PAYMENT_HANDLERS
from cases.handlers.relief_handlers import RELIEF_HANDLERS
from cases.meetings import action_item
from cases.opinions import opinion
from cases.verifications import COMPARED_ITEMS, match_row
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.complete_task import complete_task
from engine.domain import ServiceCall, Tools
from engine.errors import NotAllowed, SubmissionInvalid
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
#: Services that are tried with what they are about: a notice that hangs, an objection.
ELSEWHERE = {*EXIT_HANDLERS, "exit_retest", "publish_notice", "close_objection", "objection_reply", "inform_police"}
#: Services of money and supervision: their whole stories run with each service twice in test_services_called_twice.py.
ELSEWHERE |= {
    *PAYMENT_HANDLERS,
    *RELIEF_HANDLERS,
    "benefit_sheet",
    "standard_enter",
    "supervision_count",
    "account_enter",
    "exit_handover",
    "outbound_answer",
    "outbound_package",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


def test_filing_opens_child_case_and_application(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    with case.stage.database.reading() as session:
        row = case_files.find_case(session, case.case_id)
        child = children.find_child(session, row["child_id"])
        filed = applications.find_application(session, case.case_id)
        held = materials.held(session, case.case_id)
    assert child is not None
    assert (child["archive_no"], child["birth"], child["sex"]) == ("519927-2025-00001", date(2015, 3, 11), "男")
    assert (filed["application_no"], filed["status"]) == ("519927101-20250924-0001", "形式审查")
    assert row["place"] == "519927101001" and row["policy_profile"] == "CURRENT"
    assert "M25" in held


def test_one_open_application_per_child(flow: Callable[..., Flow]) -> None:
    flow(CHILD)
    with pytest.raises(SubmissionInvalid, match="已有在办的申请"):
        flow(replace(CHILD, name="张晓明"))


def test_staff_file_for_their_own_area_only(flow: Callable[..., Flow], stage: object) -> None:
    stranger = holder("town_window", "519927102001").actor
    with pytest.raises(NotAllowed):
        Flow(stage=stage, child=CHILD).do(Deed.APPLY, actor=stranger)  # type: ignore[arg-type]


def test_any_window_takes_in_orphans_of_another_township(stage: object) -> None:
    """跨省通办: the home township has it at once; who took it in works nothing of it."""
    case = Flow(stage=stage, child=CHILD)  # type: ignore[arg-type]
    orphan = {"categories": ["C1"], "father_status": "死亡", "mother_status": "死亡"}
    case.do(Deed.APPLY, actor=holder("town_window", "519927102").actor, **orphan)
    with case.stage.database.reading() as session:
        assert applications.find_application(session, case.case_id)["channel"] == "跨省通办"
        assert case_files.find_case(session, case.case_id)["place"] == "519927101001"
    with pytest.raises(NotAllowed):
        case.do(Deed.CHECK, actor=holder("town_officer", "519927102").actor)
    case.do(Deed.CHECK)


@pytest.mark.parametrize("who", ["father", "mother"])
def test_a_parent_is_not_back_before_being_away(flow: Callable[..., Flow], who: str) -> None:
    away = {f"{who}_status": "服刑", f"{who}_from": "2025-06-01", f"{who}_to": "2025-05-31"}
    with pytest.raises(SubmissionInvalid, match="早于起始日期"):
        flow(CHILD, **away)


@pytest.mark.parametrize("who", ["father", "mother"])
def test_what_keeps_a_parent_away_began_before_today(flow: Callable[..., Flow], who: str) -> None:
    with pytest.raises(SubmissionInvalid, match="不能晚于现在"):
        flow(CHILD, **{f"{who}_status": "服刑", f"{who}_from": "2025-12-01"})


def test_an_unknown_village_is_refused(flow: Callable[..., Flow]) -> None:
    with pytest.raises(SubmissionInvalid):
        flow(CHILD, hukou_village="519927999001")


@pytest.mark.parametrize("field", ["statement", "illness", "live_address"])
def test_hiv_is_never_written_into_an_ordinary_file(flow: Callable[..., Flow], field: str) -> None:
    with pytest.raises(SubmissionInvalid, match="涉密通道"):
        flow(CHILD, **{field: "该儿童感染艾滋病病毒"})


def test_comparisons_without_an_interface_ask_for_a_check_by_hand(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    rows = case.rows(match_row)
    assert [row["source"] for row in rows] == [source for source, _ in COMPARED_ITEMS]
    assert {row["matched"] for row in rows} == {None}


def test_the_verifier_may_not_review_the_own_finding(flow: Callable[..., Flow]) -> None:
    both = Actor(
        id="both",
        name="两职",
        grants=(Grant(role="town_officer", place="519927101"), Grant(role="town_leader", place="519927101")),
    )
    case = flow(CHILD)
    case.do(Deed.CHECK)
    case.do(Deed.VISIT, actor=both)
    with pytest.raises(NotAllowed):
        case.do(Deed.REVIEW, actor=both)
    case.do(Deed.REVIEW)


def test_another_township_may_not_work_the_case(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    with pytest.raises(NotAllowed):
        case.do(Deed.CHECK, actor=holder("town_officer", "519927102").actor)


def test_one_visitor_is_not_enough(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    case.do(Deed.CHECK)
    with pytest.raises(SubmissionInvalid):
        case.do(Deed.VISIT, visitors="赵敏、赵敏")


def test_the_consent_form_alone_is_no_reason_to_hold_up(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    with pytest.raises(SubmissionInvalid):
        case.do(Deed.CHECK, result="需补正", missing=["M08"])


def test_clocks_of_the_case_carry_their_derivation(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    case.do(Deed.CHECK, at("09-24 15:00"))
    row = case.rows(deadline)[0]
    assert row["code"] == DeadlineCode.VERIFY
    assert row["due_at"] == at("09-30 17:30")
    assert row["derivation"]["text"] == "9/25 ①, 9/26 ②, 9/28(调休) ③, 9/29 ④, 9/30 ⑤"


def test_facts_speak_the_words_of_the_tables(flow: Callable[..., Flow]) -> None:
    orphan = next(each for each in DEMO_CHILDREN if each.category == "C1")
    case = flow(orphan)
    with case.stage.database.reading() as session:
        facts = gather(session, case.case_id, case.stage.clock.now())
    assert facts["parent_reasons"] == ["死亡", "死亡"]
    assert (facts["category"], facts["age"], facts["gate"]) == ("C1", 9, "KEEP")
    assert facts["hiv"] is False and facts["opinions_missing"] == 0


def to_the_decision(flow: Callable[..., Flow]) -> Flow:
    case = flow(CHILD)
    for deed, when in (
        (Deed.CHECK, "09-24 15:00"),
        (Deed.VISIT, "09-26 15:00"),
        (Deed.REVIEW, "09-29 09:30"),
        (Deed.SIGN, "09-30 10:00"),
        (Deed.POST, "09-30 15:00"),
        (Deed.FORWARD, "10-15 15:00"),
        (Deed.JKT, "10-17 10:00"),
        (Deed.JKT_SIGN, "10-20 09:00"),
        (Deed.CONSOLIDATE, "10-21 10:00"),
        (Deed.FINAL_SIGN, "10-22 16:00"),
    ):
        case.do(deed, at(when))
    return case


def test_the_decision_keeps_the_trace_of_its_tables(flow: Callable[..., Flow]) -> None:
    case = to_the_decision(flow)
    row = case.rows(decision)[0]
    assert (row["no"], row["effective_month"], row["signed_by"]) == ("云困保〔2025〕1号", "2025-11", "杨帆")
    assert {"D2_PUBLICITY", "D3_REVIEWERS", "D4_JOINT"} <= {each["decision"] for each in row["dmn_trace"]}


def test_opinions_are_rows_with_handler_and_signer(flow: Callable[..., Flow]) -> None:
    case = to_the_decision(flow)
    by_department = {row["department"]: row for row in case.rows(opinion)}
    assert set(by_department) == {"JKT", "MZJ"}
    asked = by_department["JKT"]
    assert (asked["opinion"], asked["handler_name"], asked["leader_name"]) == ("同意", "吴芳", "郑伟")
    assert asked["due_on"] == date(2025, 10, 22) and asked["target_due"] == date(2025, 10, 20)


def test_benefits_wait_for_their_departments(flow: Callable[..., Flow]) -> None:
    case = to_the_decision(flow)
    case.do(Deed.SERVE, at("10-24 10:00"))
    rows = case.rows(benefit_item)
    assert {row["start_month"] for row in rows} == {"2025-11"}
    assert {row["due_on"] for row in rows} == {date(2025, 11, 5)}
    case.do(Deed.DELIVER_MZJ, at("10-27 10:00"))
    dibao = next(row for row in case.rows(benefit_item) if row["benefit"] == "DIBAO")
    assert (dibao["result"], dibao["mode"]) == ("已转办", "转办法定程序")


def test_a_delivery_answers_for_every_item(flow: Callable[..., Flow]) -> None:
    case = to_the_decision(flow)
    case.do(Deed.SERVE, at("10-24 10:00"))
    with pytest.raises(SubmissionInvalid, match="落实结果"):
        case.do(Deed.DELIVER_JKT, results=[{"benefit": "教育资助", "result": "已落实"}])
    with pytest.raises(SubmissionInvalid, match="理由"):
        case.do(Deed.DELIVER_JKT, results=[{"benefit": "各项待遇", "result": "暂不具备条件"}])


@pytest.mark.parametrize("service", sorted(set(HANDLERS) - ELSEWHERE))
def test_a_service_called_twice_has_one_effect(flow: Callable[..., Flow], service: str) -> None:
    """The same idempotency key, as after a worker that died between its effect and its answer."""
    case = to_the_decision(flow)
    tables = (document, decision, benefit_item, opinion, match_row, action_item)
    call = ServiceCall(
        job_id="job",
        idempotency_key="the same key",
        service=service,
        parameters={
            "supplement_until": date(2026, 1, 29),
            "reviews": [{"dept": "WJJ", "mode": "R", "questions": ["问"]}],
            "target_due": date(2025, 10, 27),
            "county_due": date(2025, 10, 29),
            "decided_on": date(2025, 10, 22),
            "effective_month": "2025-11",
            "notice_until": date(2025, 10, 14),
            "verify_from": date(2025, 10, 15),
            "verify_wd": 3,
            "clock_from": date(2025, 10, 27),
            "clock_wd": 2,
            "conclusion": "APPROVE",
            "kind": "转办",
            "item_text": "请核实",
            "dept": "JKT",
            "due_on": date(2025, 10, 29),
            "items": [{"benefit": "AID", "title": "教育资助", "dept": "JKT", "mode": "直接落实"}],
        },
        case_id=case.case_id,
        instance_id=case.instance_id,
        now=case.stage.clock.now(),
    )
    stage = case.stage
    tools = Tools(database=stage.database, settings=stage.env.settings, clock=stage.clock)
    HANDLERS[service](call, tools)
    once = [case.rows(table) for table in tables]
    HANDLERS[service](replace(call, attempt=2), tools)
    assert [case.rows(table) for table in tables] == once


def test_a_refusal_returns_the_papers_with_reasons(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    case.do(Deed.CHECK)
    case.do(Deed.VISIT_REFUSE)
    case.do(Deed.REVIEW)
    case.do(Deed.SIGN)
    who = holder("town_officer", CHILD.place).actor
    fields = {
        "reasons": "家庭收入高于标准,不符合方案二(五)。",
        "returned_materials": [{"title": "儿童户口簿", "copies": 1}],
        "service_mode": "直接",
        "served_on": "2025-09-24",
    }

    with case.stage.database.transaction() as session:
        complete_task(
            session,
            case.stage.env,
            case.open_task("b_ut_return"),
            fields=fields,
            actor=who,
            now=case.stage.clock.now(),
            idempotency_key="return",
        )
    with case.stage.database.reading() as session:
        assert materials.held(session, case.case_id) == ()
        row = case_files.find_case(session, case.case_id)
    assert (row["end_state"], row["status"]) == ("REJECTED_TOWN", "乡镇不予认定")
    letter = case.rows(document)[0]
    assert letter["kind"] == DocumentKind.RETURN and "家庭收入高于标准" in letter["body"]
