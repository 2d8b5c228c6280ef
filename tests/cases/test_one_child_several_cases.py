"""A process sees and respects the others of the same child: no exit is decided while somebody protects it."""

from __future__ import annotations

from typing import Any

import pytest

from cases import case_files, children
from cases.case_files import CaseStatus
from cases.exits import find
from cases.forms.exit_forms import decide, leader_sign
from cases.forms.filing import Filing
from cases.stage import Stage
from cases.verifications import note_verification
from engine.access import Actor
from engine.domain import Submitted
from engine.errors import SubmissionInvalid
from engine.store.session import Session
from tests.cases.test_exits import NOW, change_child, officer, open_exit, stage
from tests.opened_cases import opened_case

__all__ = ["stage"]
DECIDING = {"decision": "退出", "reason": "家庭生活状况已经改善,不再困难"}


def filing(stage: Stage, session: Session, case_id: str, form: str, **fields: Any) -> Filing:
    return Filing(
        session=session,
        submitted=Submitted(
            case_id=case_id,
            instance_id="",
            task_id="",
            element_id=form,
            form_key=form,
            fields=fields,
            department="MZJ",
            place="519927",
        ),
        actor=Actor.system("tests"),
        now=NOW,
        calendar=stage.env.calendar,
    )


def protect(session: Session, child_id: str, kind: str = "report") -> str:
    return opened_case(session, kind, now=NOW, child_id=child_id, status=CaseStatus.FORMAL_CHECK)


@pytest.mark.parametrize("kind", ["report", "intervention", "custody"])
def test_no_exit_is_decided_while_the_child_is_protected(stage: Stage, kind: str) -> None:
    case_id = str(open_exit(stage, officer()).case_id)
    with stage.database.transaction() as session:
        other = protect(session, find(session, case_id)["child_id"], kind)
        with pytest.raises(SubmissionInvalid, match="未办结的保护事项"):
            decide(filing(stage, session, case_id, "f_ut_decide", **DECIDING))
        decide(filing(stage, session, case_id, "f_ut_decide", **{**DECIDING, "decision": "继续"}))
        case_files.change(session, other, closed_at=NOW)
        assert decide(filing(stage, session, case_id, "f_ut_decide", **DECIDING)) == {"decision": "退出"}


def test_nor_is_it_signed_when_the_protection_began_in_between(stage: Stage) -> None:
    case_id = str(open_exit(stage, officer()).case_id)
    with stage.database.transaction() as session:
        decide(filing(stage, session, case_id, "f_ut_decide", **DECIDING))
        protect(session, find(session, case_id)["child_id"])
        with pytest.raises(SubmissionInvalid, match="未办结的保护事项"):
            leader_sign(filing(stage, session, case_id, "f_ut_leader_sign", sign=True))


@pytest.mark.parametrize("known_by", ["file", "verification"])
def test_a_death_ends_the_payments_all_the_same(stage: Stage, known_by: str) -> None:
    case_id = str(open_exit(stage, officer()).case_id)
    if known_by == "file":
        change_child(stage, status=children.ChildStatus.DECEASED)
    with stage.database.transaction() as session:
        protect(session, find(session, case_id)["child_id"])
        if known_by == "verification":
            note_verification(
                session,
                case_id,
                kind="退出核查",
                found={"subcase": "死亡"},
                opinion="应退出",
                reason="",
                by_id="officer",
                by_name="王丽",
                now=NOW,
            )
        assert decide(filing(stage, session, case_id, "f_ut_decide", **DECIDING)) == {"decision": "退出"}
