"""Withdrawal: from every step that waits until the decision (P_B, step 15), and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from lxml import etree

from cases import applications, case_files
from cases.case_files import CaseStatus
from cases.deadlines import deadline
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_deeds import DEED_FORMS
from cases.demo_people import holder
from cases.documents import document
from cases.handlers import HANDLERS
from cases.notices import notice, public_notice
from cases.opinions import opinion
from engine.access import Actor
from engine.commands.deliver_message import deliver_message
from engine.domain import ServiceCall, Tools
from engine.errors import NotAllowed
from tests.cases.conftest import PROCESSES, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: The decision is made before these, or the withdrawal itself led there; with the last letter the application lapses.
AFTER_THE_DECISION = {"b_ut_serve", "b_ca_benefit", "b_ut_withdraw_remove"}
AFTER_THE_DECISION |= {"b_st_decision_notice", "b_st_withdraw", "b_st_lapse"}


def withdraw(case: Flow, actor: Actor) -> None:
    with case.stage.database.transaction() as session:
        deliver_message(
            session,
            case.stage.env,
            "MSG_WITHDRAW",
            case.case_id,
            payload={},
            actor=actor,
            now=case.stage.clock.now(),
        )
    case.stage.run_due()


def test_each_step_that_waits_may_be_left_by_a_withdrawal() -> None:
    root = etree.parse(PROCESSES / "application" / "application.bpmn").getroot()
    messages = {
        node.getparent().get("id"): node.getparent()
        for node in root.iter(f"{MODEL}messageEventDefinition")
        if node.get("messageRef") == "MSG_WITHDRAW"
    }
    left = {event.get("attachedToRef") for event in messages.values() if event.get("cancelActivity") == "true"}
    waiting = {
        node.get("id") for kind in ("userTask", "callActivity", "serviceTask") for node in root.iter(f"{MODEL}{kind}")
    } - AFTER_THE_DECISION
    assert waiting == left - {None}
    for gateway in root.iter(f"{MODEL}eventBasedGateway"):
        ways = {
            flow.get("targetRef")
            for flow in root.iter(f"{MODEL}sequenceFlow")
            if flow.get("sourceRef") == gateway.get("id")
        }
        assert ways & set(messages), gateway.get("id")


@pytest.fixture
def posted(flow: Callable[..., Flow]) -> Flow:
    """A case whose notice hangs on the board."""
    case = flow(CHILD)
    for deed in (Deed.CHECK, Deed.VISIT, Deed.REVIEW, Deed.SIGN, Deed.POST):
        case.do(deed)
    return case


def test_the_public_page_forgets_at_once_and_the_applicant_may_apply_anew(
    posted: Flow, flow: Callable[..., Flow]
) -> None:
    withdraw(posted, holder(DEED_FORMS[Deed.APPLY].role, CHILD.place).actor)
    assert posted.open_task("b_ut_withdraw_remove")
    assert posted.rows(notice)[0]["status"] == "公示中", "the paper still hangs"
    with posted.stage.database.reading() as session:
        assert session.execute(public_notice.select()).all() == []
        assert case_files.find_case(session, posted.case_id)["status"] == CaseStatus.WITHDRAWN
        assert applications.find_application(session, posted.case_id)["status"] == CaseStatus.WITHDRAWN
    assert flow(CHILD).case_id != posted.case_id


def test_nobody_withdraws_for_another(posted: Flow) -> None:
    for role in ("village_officer", "town_leader", "mzj_handler", "jkt_handler"):
        with pytest.raises(NotAllowed):
            withdraw(posted, holder(role, CHILD.place).actor)


def test_the_window_takes_a_withdrawal_from_paper(posted: Flow) -> None:
    withdraw(posted, holder("town_window", "519927101").actor)
    assert posted.open_task("b_ut_withdraw_remove")


NOTICE = {
    "mode": "GENERIC",
    "min_wd": 5,
    "min_cd": 0,
    "posted_on": date(2025, 9, 24),
    "notice_until": date(2025, 10, 9),
}
CLOCK = {"verify_from": date(2025, 9, 24), "verify_wd": 3, "clock_from": date(2025, 9, 24), "clock_wd": 3}
REVIEW = {"reviews": [{"dept": "RSJ", "mode": "R", "questions": ["参保"]}], "county_due": date(2025, 10, 9)}


@pytest.mark.parametrize(
    ("service", "given"),
    [
        ("publish_notice", NOTICE),
        ("supplement_notice", {}),
        ("resume_verification", CLOCK),
        ("request_opinions", REVIEW),
        ("consult_notice", {}),
        ("resume_review", CLOCK | {"conclusion": "APPROVE"}),
    ],
)
def test_a_service_that_was_on_its_way_writes_nothing_after_the_withdrawal(
    posted: Flow, service: str, given: dict[str, Any]
) -> None:
    """A worker had begun the call before the withdrawal and was slow: its answer is void, and so is what it writes."""
    withdraw(posted, holder(DEED_FORMS[Deed.APPLY].role, CHILD.place).actor)
    stage = posted.stage
    call = ServiceCall(
        job_id="late",
        idempotency_key="late",
        service=service,
        parameters=given,
        case_id=posted.case_id,
        instance_id=posted.instance_id,
        now=stage.clock.now(),
    )
    tools = Tools(database=stage.database, settings=stage.env.settings, clock=stage.clock)
    before = [posted.rows(table) for table in (document, deadline, opinion)]
    assert HANDLERS[service](call, tools) == {}
    assert [posted.rows(table) for table in (document, deadline, opinion)] == before
    with stage.database.reading() as session:
        assert session.execute(public_notice.select()).all() == []
        assert applications.find_application(session, posted.case_id)["status"] == CaseStatus.WITHDRAWN
