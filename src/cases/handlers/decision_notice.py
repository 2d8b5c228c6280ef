"""Enter the decision and write 《困境儿童分类保障认定通知书》 (domain.md P_B 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cases import applications, case_files, children, decisions, documents, exits, letters, other_county
from cases.case_facts import primary_category
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet
from engine.domain import ServiceCall, Tools
from engine.store.history import history
from engine.store.session import Session


def decision_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: decided_on, effective_month ("2025-11"). The child's file waits for its first payment; a second call
    changes nothing."""
    case_id = call.case_for("认定通知书")
    with tools.database.transaction() as session:
        if documents.written(session, call.idempotency_key):
            return {}
        row = case_files.find_case(session, case_id)
        facts, month = row["facts"], call.parameters["effective_month"]
        categories = facts.get("final_categories") or facts.get("fit_categories") or facts.get("categories") or []
        number = decisions.decide(
            session,
            case_id,
            kind=decisions.DecisionKind.RECOGNISED,
            reason=facts.get("consolidated_reason", ""),
            decided_on=call.parameters["decided_on"],
            policy_profile=row["policy_profile"],
            now=call.now,
            categories=categories,
            effective_month=month,
            signed_by=facts.get("final_signer"),
            trace=_trace(session, call.instance_id),
        )
        head, day = letters.head_of(session, case_id, now=call.now), call.parameters["decided_on"]
        body = letters.recognition(head, number=number, effective_month=month, day=day)
        documents.write(
            session,
            case_id,
            documents.DocumentKind.DECISION,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        children.change(
            session,
            row["child_id"],
            now=call.now,
            status=children.ChildStatus.PENDING,
            categories=list(categories),
            primary_category=primary_category(categories),
            effective_month=month,
            **({} if facts.get(exits.TRANSFER_MONTH) else {"enrolled_on": call.parameters["decided_on"]}),
        )
        other_county.ask_feedback(
            session, case_id, "已认定", calendar=tools.calendar, now=call.now, origin=call.idempotency_key
        )
        meet(session, case_id, DeadlineCode.COUNTY, now=call.now)
        applications.set_status(session, case_id, CaseStatus.RECOGNISED)
    return {}


def _trace(session: Session, instance_id: str) -> Sequence[Mapping[str, Any]]:
    """The explanations of every decision table that the instance evaluated so far (domain.md 5, `dmn_trace`)."""
    rows = session.execute(select(history.c.data).where(history.c.instance_id == instance_id).order_by(history.c.step))
    return tuple(explanation for (data,) in rows for explanation in (data or {}).get("decisions", ()))
