"""A person takes back the step just completed, while the next has not begun (撤回)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running, step
from engine.commands.tasking import locked_task, require_right
from engine.environment import Environment
from engine.errors import NotAllowed, Refused
from engine.stimulus import TokenMoved
from engine.store import history, submission, task_draft, task_opening, user_task
from engine.store.base import NO_DUE
from engine.store.instance import split
from engine.store.outcomes import KINDS
from engine.store.session import Session
from engine.store.user_task import TaskStatus

#: What may lie between the step and the next one. A service, a message or a branch has had its effect elsewhere.
HARMLESS = frozenset({"userTask", "exclusiveGateway", "scriptTask", "businessRuleTask", "task"})


def take_back_task(
    session: Session, env: Environment, task_id: str, *, reason: str, actor: Actor, now: datetime
) -> str:
    """Withdraw the next task and open this one anew for the actor, with what was filled in as its draft and under the
    time limit that it had; returns the new task's id. The diagram's token is moved: nothing happens beside it.

    Raises `NotFound`, `NotAllowed` (somebody else's), `InstanceNotRunning`, `Refused` (the next step has begun, or more
    happened than a step to be taken back), `SubmissionInvalid` (no reason), `StepFailed`.
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    if task.task_status != TaskStatus.DONE or task.closed_by != actor.id:
        raise NotAllowed("只能撤回您本人刚办结的环节")
    row = split(task)
    require_running(row)
    following = _only_follower(session, task)
    _require_untouched(session, following, actor)
    outcome = step(
        session,
        env,
        row,
        TokenMoved(token_id=following, to_element=task.element_id),
        actor=actor,
        now=now,
        element_id=task.element_id,
        note={"act": "take_back", "reason": reason},
    )
    anew = next(each.token_id for each in outcome.opened if each.element_id == task.element_id)
    _as_it_was(session, task, anew, actor, now)
    return anew


def _only_follower(session: Session, task: Any) -> str:
    """The one task that this step opened, if nothing else came of it and nothing happened since."""
    rows = session.rows(history.OF_INSTANCE, {"of_instance": task.id})
    last = next((row for row in reversed(rows) if row.kind in KINDS.values()), None)
    if last is None or last.kind != "task" or last.element_id != task.element_id or last.actor_id != task.closed_by:
        raise Refused("此环节之后流程已继续,不能撤回")
    data = last.data or {}
    opened: Sequence[Sequence[str]] = data.get("opened", ())
    passed = {kind for _element, _process, _name, kind, _flow in data.get("passed", ())}
    if len(opened) != 1 or data.get("withdrawn") or data.get("end") or passed - HARMLESS:
        raise Refused("此环节办结后已产生通知、分支或系统办理结果,不能撤回;请由下一环节退回")
    return opened[0][0]


def _require_untouched(session: Session, following: str, actor: Actor) -> None:
    after = session.row(user_task.READ_FOR_STEP, {"read_task_id": following, "idempotency_key": ""})
    if after is None or after.task_status != TaskStatus.OPEN:
        raise Refused("下一环节已经办理,不能撤回")
    if after.assignee not in (None, actor.id):
        raise Refused(f"下一环节已由 {after.assignee_name} 领取,不能撤回;请与其联系,由其退回")
    if any(each.person != actor.id for each in session.rows(task_opening.OF_TASK, {"of_task": following})):
        raise Refused("下一环节的办理人已打开此事项,不能撤回;请与其联系,由其退回")


def _as_it_was(session: Session, task: Any, anew: str, actor: Actor, now: datetime) -> None:
    """The step opened anew is the actor's, with its time limit and what was filled in."""
    session.write(user_task.ASSIGN, {"task_id": anew, "new_assignee": actor.id, "new_assignee_name": actor.name})
    session.write(
        user_task.SAME_DUE,
        {
            "task_id": anew,
            "new_due_at": task.due_at,
            "new_due_order": task.due_at or NO_DUE,
            "new_due_derivation": task.due_derivation,
        },
    )
    filled = session.row(submission.OF_TASK, {"of_task": task.task_id})
    if filled is not None:
        task_draft.keep(session, anew, actor.id, split(task).hide(filled.fields), now)
