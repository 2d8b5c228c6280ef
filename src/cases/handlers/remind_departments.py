"""The reviewing departments' own target day is over: whoever still holds a step is reminded inside (R0, P_D 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases.reminding import remind_at_once
from engine.calendar import RungCode
from engine.domain import ServiceCall, Tools
from engine.store.user_task import TaskStatus, user_task

#: The steps of a department's answer.
STEPS = ("d_ut_opinion", "d_ut_sign", "d_ut_check", "d_ut_check_sign", "d_ut_sealed_verify")


def remind_departments(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Send R0 for every open step of the departments; one that got it before gets none again."""
    case_id = call.case_for("提醒复核部门")
    with tools.database.transaction() as session:
        waiting = select(user_task.c.id).where(
            user_task.c.case_id == case_id,
            user_task.c.element_id.in_(STEPS),
            user_task.c.status == TaskStatus.OPEN,
        )
        remind_at_once(session, session.execute(waiting).scalars().all(), RungCode.R0, now=call.now)
    return {}
