"""What a person does in a told story, through the commands that the pages call."""

from __future__ import annotations

from typing import Any

from cases.looking import look
from cases.roles import MESSAGE_SENDERS
from cases.sending import sent
from cases.stage import Stage
from cases.story import Step
from engine.access import Actor
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.deliver_message import deliver_message
from engine.commands.start_process import Started, start_process
from engine.store import Session

_TELLER = Actor.system("story")


def begin(stage: Stage, step: Step, process: str, *, key: str) -> Started:
    """Submit a start form."""
    assert step.actor is not None
    with stage.database.transaction() as session:
        return start_process(
            session,
            stage.env,
            process,
            fields=_fields(stage, session, step),
            actor=step.actor,
            now=stage.clock.now(),
            idempotency_key=key,
        )


def finish(stage: Stage, session: Session, step: Step, task_id: str, *, key: str) -> None:
    """Claim a task and complete it."""
    assert step.actor is not None
    claim_task(session, task_id, actor=step.actor, now=stage.clock.now())
    complete_task(
        session,
        stage.env,
        task_id,
        fields=_fields(stage, session, step),
        actor=step.actor,
        now=stage.clock.now(),
        idempotency_key=key,
    )


def tell(stage: Stage, step: Step, case_id: str) -> None:
    """Send a message: a person's where people may send it, else the program's."""
    with stage.database.transaction() as session:
        deliver_message(
            session,
            stage.env,
            step.message or "",
            step.key or case_id,
            payload=_fields(stage, session, step),
            actor=(step.actor if step.message in MESSAGE_SENDERS else None) or _TELLER,
            now=stage.clock.now(),
        )


def look_for(stage: Stage, step: Step, case_id: str) -> str:
    """Search for a child, or open the case; what differs, in words."""
    with stage.database.transaction() as session:
        return look(session, step, case_id=case_id, now=stage.clock.now())


def _fields(stage: Stage, session: Session, step: Step) -> dict[str, Any]:
    folder, now = stage.env.settings.data_folder, stage.clock.now()
    return sent(session, step.fields, folder=folder, actor=step.actor or _TELLER, now=now)
