"""Withdrawal: from every step that waits until the decision (P_B, step 15), and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from cases import applications, case_files
from cases.case_files import CaseStatus
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_deeds import DEED_FORMS
from cases.demo_people import holder
from cases.notices import notice, public_notice
from engine.access import Actor
from engine.commands.deliver_message import deliver_message
from engine.errors import NotAllowed
from tests.cases.conftest import PROCESSES, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: The decision is made before these, or the withdrawal itself led there.
AFTER_THE_DECISION = {"b_ut_serve", "b_ca_benefit", "b_ut_withdraw_remove"}


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
        node.get("id") for kind in ("userTask", "callActivity") for node in root.iter(f"{MODEL}{kind}")
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
