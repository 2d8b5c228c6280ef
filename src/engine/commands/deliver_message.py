"""A message reaches every element that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.stepping import step
from engine.environment import Environment
from engine.errors import NoReceiver, NotAllowed
from engine.outcome import InstanceStatus, JobAdded, JobKind
from engine.stimulus import MessageArrived
from engine.store import job, message_wait
from engine.store.changes import touch
from engine.store.instance import InstanceRow, locked
from engine.store.outcomes import job_row
from engine.store.session import Session


def deliver_message(
    session: Session,
    env: Environment,
    name: str,
    key: str | None,
    *,
    payload: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    only: str | None = None,
    without: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Deliver to all that wait for this name and correlation key; returns their instances' ids.

    For a suspended instance the message is kept until it resumes. `only` names the one instance that is meant,
    `without` those that are left out. Raises `NoReceiver` when nobody waits, `StepFailed` (of one of the receivers;
    its id is in `detail`), `NotAllowed` (the domain does not let this person tell the case this).
    """
    if not actor.is_system and (key is None or not env.domain.may_send(session, actor, key, name)):
        raise NotAllowed(f"{actor.name} 无权向此办件发送消息 {name}")
    waiting = [
        each
        for each in session.rows(message_wait.FOR_MESSAGE, {"of_name": name, "of_key": key})
        if each.instance_id not in without and only in (None, each.instance_id)
    ]
    reached: list[str] = []
    for wait in waiting:
        row = locked(session, wait.instance_id)
        if session.row(message_wait.STILL, {"wait_id": wait.id}) is None:
            continue
        if row.status == InstanceStatus.SUSPENDED:
            _keep(session, row, wait, name, key, payload, actor, now)
        else:
            stimulus = MessageArrived(
                token_id=wait.token_id, element_id=wait.element_id, name=name, payload=dict(payload)
            )
            step(session, env, row, stimulus, actor=actor, now=now, element_id=wait.element_id)
        reached.append(wait.instance_id)
    if not reached:
        raise NoReceiver(f"没有办件在等待消息 {name}({key or '无关联号'})")
    return tuple(dict.fromkeys(reached))


def _keep(
    session: Session,
    row: InstanceRow,
    wait: Any,
    name: str,
    key: str | None,
    payload: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the message for a suspended instance as a held job, which its resumption releases."""
    kept = JobAdded(
        token_id=wait.token_id,
        element_id=wait.element_id,
        kind=JobKind.MESSAGE,
        due_at=now,
        parameters={"name": name, "key": key, "payload": dict(payload), "only": row.id},
        sequence=row.version,
    )
    session.write(job.INSERT, job_row(row, kept, now, {}) | {"status": job.JobStatus.HELD})
    touch(session, row, kind="message_kept", element_id=wait.element_id, actor=actor, now=now, data={"name": name})
