"""A person sends the case back to an element that somebody completed before (退回)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running, spec_of, step
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
    tell,
)
from engine.definitions.going_back import places_back
from engine.domain import NewsKind
from engine.environment import Environment
from engine.errors import Refused
from engine.outcome import Outcome
from engine.runtime.inspection import beside
from engine.stimulus import TokenMoved
from engine.store import user_task
from engine.store.instance import split
from engine.store.session import Session


def return_task(
    session: Session, env: Environment, task_id: str, *, to_element: str, reason: str, actor: Actor, now: datetime
) -> Outcome:
    """Withdraw this task and open a new one at `to_element`, which must have been completed in this case before,
    and from where the case comes to no state that its diagram cannot come to by itself.

    Deadlines start anew there. Raises `NotFound`, `NotAllowed`, `TaskAlreadyClosed`, `TaskClaimedByOther`,
    `InstanceNotRunning`, `Refused` (not a place to go back to), `StepFailed`.
    """
    reason = require_reason(reason)
    task = locked_task(session, task_id)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    require_not_entrusted(task)
    row = split(task)
    require_running(row)
    done = session.rows(user_task.COMPLETERS, {"of_instance": row.id})
    if all(each.element_id != to_element for each in done):
        raise Refused("只能退回到本办件已办结过的环节")
    if not _fits(session, env, task, to_element):
        raise Refused("不能退回到这一环节:并行的其他分支会重复或卡住。请改退到其他环节,或先办结并行分支")
    outcome = step(
        session,
        env,
        row,
        TokenMoved(token_id=task_id, to_element=to_element),
        actor=actor,
        now=now,
        element_id=task.element_id,
        note={"act": "return", "to": to_element, "reason": reason},
    )
    before = next(each.closed_by for each in reversed(done) if each.element_id == to_element)
    tell(session, env, task, NewsKind.RETURNED, to=(before,), note=reason, actor=actor, now=now)
    return outcome


def _fits(session: Session, env: Environment, task: Any, to_element: str) -> bool:
    """Whether the diagram allows it. What is no step of the scope, the step itself refuses in its own words."""
    row = split(task)
    stands = beside(spec_of(session, env, row.version_id), row.state, task.task_id)
    if stands is None:
        return True
    key, scope, others = stands
    process = env.library.bundle(session, row.version_id).process_of(key)
    node = process.by_id.get(to_element) if process else None
    if process is None or node is None or node.scope != scope:
        return True
    return bool(places_back(process, scope, task.element_id, others, (to_element,)))
