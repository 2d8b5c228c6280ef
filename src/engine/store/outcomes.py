"""Acts on what a step decided: the only writer of instance state. Everything of a step goes into one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.outcome import InstanceStatus, JobAdded, Outcome, TaskOpened, TimerMoved
from engine.stimulus import (
    MessageArrived,
    ServiceFinished,
    ServiceRaised,
    SignalArrived,
    Start,
    Stimulus,
    TaskCompleted,
    TimerDue,
    TokenMoved,
)
from engine.store import instance, job, message_wait, signature, submission, user_task
from engine.store.base import NO_DUE
from engine.store.changes import resolve_incidents, touch, write_history
from engine.store.identifiers import new_id
from engine.store.instance import InstanceRow
from engine.store.job import JobStatus
from engine.store.session import Session
from engine.store.user_task import TaskStatus

#: The word for a stimulus in `history.kind`.
KINDS: dict[type, str] = {
    Start: "start",
    TaskCompleted: "task",
    TimerDue: "timer",
    ServiceFinished: "service",
    ServiceRaised: "service_error",
    MessageArrived: "message",
    SignalArrived: "signal",
    TokenMoved: "move",
}

DEFAULT_QUEUE = "default"


#: Writes of a step that touch the same rows by turns (a timer's job is settled, then its token's jobs are voided).
_APART = frozenset({job.VOID, job.SETTLE, message_wait.REMOVE})


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a person submitted, and what is answered now and ever after to the same idempotency key."""

    idempotency_key: str
    task_id: str | None
    element_id: str | None
    form: str | None
    fields: Mapping[str, Any]
    answer: Mapping[str, Any]


def apply(
    session: Session,
    row: InstanceRow,
    outcome: Outcome,
    *,
    stimulus: Stimulus,
    actor: Actor,
    now: datetime,
    element_id: str | None = None,
    job_id: str | None = None,
    submission: Submission | None = None,
    queues: Mapping[str, str] | None = None,
    note: Mapping[str, Any] | None = None,
) -> None:
    """Write all that the step decided.

    `row` is the instance as it was locked and read (version 0: it begins with this step); `job_id` the job that the
    step finishes; `queues` names the queue per service; `note` goes into the history beside what happened. Raises
    `Conflict` (here, or at the commit) if the instance is no longer at `row.version`.
    """
    _write_instance(session, row, outcome, stimulus=stimulus, actor=actor, now=now, job_id=job_id)
    if job_id is not None:
        session.write(job.SETTLE, settled(job_id, JobStatus.DONE, now))
    _write_tasks(session, row, outcome, actor, now)
    _write_jobs(session, row, outcome, now, queues or {})
    _write_waits(session, row, outcome, now)
    if submission is not None:
        _write_submission(session, row, submission, actor, now)
    write_history(
        session,
        row,
        kind=KINDS[type(stimulus)],
        element_id=element_id,
        actor=actor,
        now=now,
        data=_story(row, outcome, note or {}),
    )


def move_timers(
    session: Session,
    row: InstanceRow,
    state: bytes,
    moved: Sequence[TimerMoved],
    *,
    actor: Actor,
    now: datetime,
    note: Mapping[str, Any],
) -> None:
    """Write timers that wait for other instants, with the state that says the same. Not a step: no token moves.

    `row` is the instance as it was locked and read; `note` goes into the history. Raises `Conflict`.
    """
    session.write(instance.RESTATE, {"instance_id": row.id, "new_state": row.hide(state)}, alone=False)
    _write_each(session, job.MOVE, [{"of_token": each.token_id, "new_due_at": each.after} for each in moved])
    told = [
        {"element": each.element_id, "from": each.before.isoformat(), "to": each.after.isoformat()} for each in moved
    ]
    touch(session, row, kind="calendar", actor=actor, now=now, data={**note, "timers": told})


def settled(
    job_id: str,
    status: JobStatus,
    due_at: datetime,
    *,
    row: InstanceRow | None = None,
    error: str | None = None,
    result: Any = None,
) -> dict[str, Any]:
    """The parameters of `job.SETTLE`; an error or a result comes with the instance's `row`, which may hide them."""
    told = {"new_error": error, "new_result": result}
    if row is not None:
        told = {name: row.hide(value) for name, value in told.items()}
    return {"job_id": job_id, "new_status": status, "new_due_at": due_at, **told}


def _write_instance(
    session: Session,
    row: InstanceRow,
    outcome: Outcome,
    *,
    stimulus: Stimulus,
    actor: Actor,
    now: datetime,
    job_id: str | None,
) -> None:
    over = outcome.status is not InstanceStatus.RUNNING
    values = {
        "status": outcome.status,
        "state": None if over else row.hide(outcome.state),
        "ended_at": now if over else None,
        "end_event": outcome.end_event,
        "tokens": [list(token) for token in outcome.tokens],
    }
    if row.version == 0:
        session.write(instance.INSERT, {**row._asdict(), **values, "version": 1}, alone=False)
        return
    token_id = getattr(stimulus, "token_id", None)
    left = resolve_incidents(session, row, token_id=token_id, job_id=job_id, actor=actor, now=now)
    session.write(
        instance.ADVANCE,
        {f"new_{name}": value for name, value in values.items()}
        | {"instance_id": row.id, "expected": row.version, "new_incidents": left},
        alone=False,
    )


def _write_tasks(session: Session, row: InstanceRow, outcome: Outcome, actor: Actor, now: datetime) -> None:
    closed = [
        {
            "task_id": each.token_id,
            "new_status": TaskStatus.DONE if each.completed else TaskStatus.WITHDRAWN,
            "new_closed_at": now,
            "new_closed_by": actor.id if each.completed else None,
            "new_closed_by_name": actor.name if each.completed else None,
        }
        for each in outcome.closed
    ]
    _write_each(session, user_task.CLOSE, closed)
    _write_each(session, user_task.INSERT, [_task_row(row, each, now) for each in outcome.opened])
    asked = [each for each in outcome.opened if each.sign]
    if asked:
        _write_each(session, signature.INSERT, [made for each in asked for made in _signers(row, each, now)])


def _write_each(session: Session, prepared: Any, parameters: list[dict[str, Any]]) -> None:
    """One row as a plain statement (the common case, and cheaper), several as a batch."""
    if len(parameters) == 1:
        session.write(prepared, parameters[0], alone=prepared in _APART)
    elif parameters:
        session.write(prepared, parameters)


def _task_row(row: InstanceRow, opened: TaskOpened, now: datetime) -> dict[str, Any]:
    return {
        "id": opened.token_id,
        "instance_id": row.id,
        "element_id": opened.element_id,
        "element_process": opened.process_key,
        "name": opened.name,
        "form": opened.form,
        "role": opened.role,
        "place": row.place if opened.place is None else opened.place,
        "department": opened.department,
        "assignee": None,
        "assignee_name": None,
        "status": TaskStatus.OPEN,
        "opened_at": now,
        "due_at": opened.due_at,
        "due_order": opened.due_at or NO_DUE,
        "due_derivation": opened.due_derivation,
        "separate_from": list(opened.separate_from) or None,
        "reminders": opened.reminders,
        "remind_at": now if opened.reminders and opened.due_at else None,
        "variables": list(opened.variables) or None,
        "instance_key": opened.instance_key,
        "closed_at": None,
        "closed_by": None,
        "closed_by_name": None,
        "owner": None,
        "owner_name": None,
        "for_person": None,
        "for_person_name": None,
        "urged_at": None,
        "sign": opened.sign,
        "process_key": row.process_key,
        "case_id": row.case_id,
        "subject": row.subject,
        "search_key": row.search_key,
    }


def _signers(row: InstanceRow, opened: TaskOpened, now: datetime) -> list[dict[str, Any]]:
    """A signature for each role that the diagram names, in its order."""
    return [
        signature.asked(
            task_id=opened.token_id,
            instance_id=row.id,
            position=position,
            role=role,
            asked_by=Actor.system("diagram"),
            now=now,
        )
        for position, role in enumerate(opened.signers)
    ]


def _write_jobs(session: Session, row: InstanceRow, outcome: Outcome, now: datetime, queues: Mapping[str, str]) -> None:
    _write_each(session, job.VOID, [{"of_token": each.token_id, "of_kind": each.kind} for each in outcome.voided])
    _write_each(session, job.INSERT, [job_row(row, each, now, queues) for each in outcome.jobs])


def job_row(row: InstanceRow, added: JobAdded, now: datetime, queues: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of `job.INSERT` for a new job of this instance."""
    identifier = new_id(now)
    return {
        "id": identifier,
        "instance_id": row.id,
        "token_id": added.token_id,
        "element_id": added.element_id,
        "kind": added.kind,
        "sequence": added.sequence,
        "service": added.service,
        "parameters": row.hide(dict(added.parameters)),
        "idempotency_key": identifier,
        "queue": queues.get(added.service or "", queues.get(DEFAULT_QUEUE, DEFAULT_QUEUE)),
        "status": JobStatus.PENDING,
        "due_at": added.due_at,
        "first_due_at": added.due_at,
        "lease_until": None,
        "worker": None,
        "attempt": 0,
        "last_error": None,
        "result": None,
    }


def _write_waits(session: Session, row: InstanceRow, outcome: Outcome, now: datetime) -> None:
    removed = [{"of_instance": row.id, "of_token": each.token_id} for each in outcome.unwaited]
    _write_each(session, message_wait.REMOVE, removed)
    added = [
        {
            "id": new_id(now),
            "instance_id": row.id,
            "token_id": each.token_id,
            "element_id": each.element_id,
            "name": each.name,
            "key": each.key,
            "signal": each.signal,
            "since": now,
        }
        for each in outcome.waits
    ]
    _write_each(session, message_wait.INSERT, added)


def _write_submission(session: Session, row: InstanceRow, made: Submission, actor: Actor, now: datetime) -> None:
    session.write(
        submission.INSERT,
        {
            "idempotency_key": made.idempotency_key,
            "instance_id": row.id,
            "task_id": made.task_id,
            "process_key": row.process_key,
            "version_id": row.version_id,
            "element_id": made.element_id,
            "form": made.form,
            "fields": row.hide(dict(made.fields)),
            "actor_id": actor.id,
            "actor_name": actor.name,
            "at": now,
            "answer": dict(made.answer),
        },
        alone=False,
    )


def _story(row: InstanceRow, outcome: Outcome, note: Mapping[str, Any]) -> dict[str, Any]:
    """What happened in this step, as short as it can be told; empty parts are left out."""
    parts: dict[str, Any] = {
        "passed": [
            [
                each.element_id,
                "" if each.process_key == row.process_key else each.process_key,
                each.name,
                each.kind,
                each.flow_id,
            ]
            for each in outcome.passed
        ],
        "opened": [[each.token_id, each.element_id] for each in outcome.opened],
        "withdrawn": [each.token_id for each in outcome.closed if not each.completed],
        "decisions": [dict(each) for each in outcome.decisions],
        "end": outcome.end_event,
    }
    return {name: value for name, value in parts.items() if value} | dict(note)
