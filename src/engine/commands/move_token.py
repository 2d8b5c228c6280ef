"""An administrator moves a token of a case that went wrong to another element."""

from __future__ import annotations

from datetime import datetime

from engine.access import Actor, Permission, require
from engine.commands.reasons import require_reason
from engine.commands.stepping import require_running, step
from engine.environment import Environment
from engine.outcome import Outcome
from engine.stimulus import TokenMoved
from engine.store.instance import locked
from engine.store.session import Session


def move_token(
    session: Session,
    env: Environment,
    instance_id: str,
    *,
    token_id: str,
    to_element: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Cancel the token, with its task, timers and calls, and start a new one at `to_element` of the same scope.

    Raises `NotAllowed`, `NotFound`, `InstanceNotRunning`, `NoReceiver` (the token is gone), `Refused` (no such element
    in this scope), `StepFailed`.
    """
    require(actor, Permission.INSTANCE_MANAGE)
    reason = require_reason(reason)
    row = locked(session, instance_id)
    require_running(row)
    return step(
        session,
        env,
        row,
        TokenMoved(token_id=token_id, to_element=to_element),
        actor=actor,
        now=now,
        element_id=to_element,
        note={"act": "move", "to": to_element, "reason": reason},
    )
