"""The county's last day is over and departments have not answered: the conveners are told which (P_D 3). Nothing is
assumed of a department that is silent; its step stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cases import opinions
from cases.addressees import CONVENERS, holders_of
from cases.messages import Letter, Words, post
from cases.reminder_words import case_number, cases_of
from cases.reminders import JUDICIAL
from cases.roles import DEPARTMENTS, SEALED_REVIEW
from cases.sealed import HANDLER
from engine.access import covers
from engine.domain import ServiceCall, Tools
from engine.store.session import Session

_SEALED_REVIEWER = "卫健涉密核验员"


def list_missing(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Tell the conveners, of a sealed file its own handlers alone, who has not answered; a second call tells nobody
    again."""
    case_id = call.case_for("未答复清单")
    with tools.database.transaction() as session:
        missing = _missing(session, case_id)
        if not missing:
            return {}
        case = cases_of(session, [case_id])[case_id]
        number = case_number(case)
        words = Words(
            subject="【县级时限届满】仍有部门未答复",
            body=f"办件{number}的县级时限已届满,仍未答复的有:{'、'.join(missing)}。系统继续等候并催办,不视为同意。",
            outside_subject=f"【县级时限届满】办件{number}",
            outside_body=f"办件{number}的县级时限已届满,仍有部门未答复。请登录童安系统查看。",
        )
        people = dict.fromkeys(
            holder.person_id
            for holder in holders_of(session, (HANDLER,) if case.sealed_hiv else CONVENERS)
            if covers(holder.grant, case.place)
        )
        letters = [
            Letter(
                person_id=person_id,
                kind="reminder",
                cause=f"missing:{call.idempotency_key}",
                words=words,
                case_id=case_id,
            )
            for person_id in people
        ]
        post(session, letters, now=call.now)
    return {}


def _missing(session: Session, case_id: str) -> Sequence[str]:
    """Who has not answered, or not signed; courts and procurators are never called late (1.3)."""
    return tuple(
        _SEALED_REVIEWER if row["department"] == SEALED_REVIEW else DEPARTMENTS[row["department"]].name
        for row in opinions.standing(session, case_id)
        if row["department"] not in JUDICIAL and (row["opinion"] is None or _unsigned(row))
    )


def _unsigned(row: Mapping[Any, Any]) -> bool:
    """Whether a leader has still to sign the opinion; a fact check and the sealed one have no signature."""
    answered = row["mode"] == opinions.REVIEW and row["department"] not in (SEALED_REVIEW, "MZJ")
    return answered and row["signed_at"] is None
