"""SIG_CHILD_AT_RISK: a child in danger is never published; what hangs of it is found, to be taken down (M1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from cases import protected_children
from cases.notices import notice, public_notice
from engine.domain import ServiceCall, Tools
from engine.store.message_wait import message_wait
from engine.store.session import Session

TAKE_DOWN = "MSG_TAKE_DOWN"


def child_at_risk(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Flag the child and its open cases, empty the public page at once, and name the cases whose notice waits for
    MSG_TAKE_DOWN. Result: notice_cases. A second call does the same again."""
    case_id = call.case_for("报告")
    with tools.database.transaction() as session:
        child_id = protected_children.child_of(session, case_id)
        if child_id is None:
            return {"notice_cases": []}
        others = protected_children.flag(session, child_id, at_risk=True, now=call.now)
        numbers = select(notice.c.notice_no).where(notice.c.case_id.in_(others))
        session.execute(delete(public_notice).where(public_notice.c.notice_no.in_(numbers)))
        return {"notice_cases": _waiting(session, others)}


def _waiting(session: Session, case_ids: tuple[str, ...]) -> list[str]:
    keys = session.execute(
        select(message_wait.c.key).where(message_wait.c.name == TAKE_DOWN, message_wait.c.key.in_(case_ids))
    ).scalars()
    return sorted({str(key) for key in keys})
