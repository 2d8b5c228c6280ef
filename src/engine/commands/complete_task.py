"""A person completes a user task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.commands.form_checking import checked
from engine.commands.stepping import decide, require_running, write
from engine.commands.tasking import (
    locked_task,
    require_not_entrusted,
    require_not_held_by_other,
    require_open,
    require_right,
    require_separation,
    require_signed,
)
from engine.domain import Submitted
from engine.environment import Environment
from engine.errors import Conflict
from engine.outcome import InstanceStatus
from engine.stimulus import TaskCompleted
from engine.store import task_draft
from engine.store.instance import split
from engine.store.outcomes import Submission
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Completed:
    """What completing a task brought about; the same for every repetition of the request."""

    task_id: str
    instance_id: str
    already: bool  #: this very request had been carried out before
    opened_task_ids: tuple[str, ...]
    finished: bool  #: the instance reached its end


def complete_task(
    session: Session,
    env: Environment,
    task_id: str,
    *,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency_key: str,
) -> Completed:
    """Check the form, write it into the domain, advance the instance: all or nothing.

    In: the form's fields as submitted; a key that the page made once, so that a double click, a refresh or a repeated
    request has one effect and gets the same answer.

    Raises `NotFound`, `NotAllowed` (also by separation of duties), `TaskAlreadyClosed`, `TaskClaimedByOther`,
    `InstanceNotRunning`, `Refused` (the work is entrusted, or an opinion is missing), `SubmissionInvalid`, `Conflict`
    (key used for something else), `StepFailed` (roll back, then `open_incident`).
    """
    task = locked_task(session, task_id, idempotency_key=idempotency_key)
    if task.answer is not None:
        return _repeated(task, task_id, actor)
    require_right(actor, task)
    require_open(task)
    require_not_held_by_other(actor, task)
    require_running(split(task))
    require_not_entrusted(task)
    require_separation(session, task, actor.id)
    require_signed(session, task)
    return perform(session, env, task, fields=fields, actor=actor, now=now, idempotency_key=idempotency_key)


def _repeated(task: Any, task_id: str, actor: Actor) -> Completed:
    if task.answered_to != actor.id or task.answered_task != task_id:
        raise Conflict("这个提交编号已用于另一项办理,请刷新页面后再试")
    answer = task.answer
    return Completed(
        task_id=task_id,
        instance_id=answer["instance_id"],
        already=True,
        opened_task_ids=tuple(answer["opened"]),
        finished=answer["finished"],
    )


def perform(
    session: Session,
    env: Environment,
    task: Any,
    *,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency_key: str,
    keep: Mapping[str, Any] | None = None,
) -> Completed:
    """The part after the person's right was checked; `retry_incident` begins here."""
    row = split(task)
    clean, said = _take(session, env, task, fields, actor, now)
    variables = {name: said[name] for name in task.variables or () if name in said}
    stimulus = TaskCompleted(token_id=task.task_id, variables=variables)
    request = {
        "command": "complete_task",
        "fields": dict(fields),
        "actor": {"id": actor.id, "name": actor.name, "unit": actor.unit},
        "idempotency_key": idempotency_key,
    }
    kept = {"request": request, "element_id": task.element_id, **(keep or {})}
    outcome = decide(session, env, row, stimulus, now, keep=kept)
    finished = outcome.status is InstanceStatus.COMPLETED
    opened = tuple(each.token_id for each in outcome.opened)
    made = Submission(
        idempotency_key=idempotency_key,
        task_id=task.task_id,
        element_id=task.element_id,
        form=task.form,
        fields=clean,
        answer={"instance_id": row.id, "opened": list(opened), "finished": finished},
    )
    note = {"for": task.for_person_name} if task.for_person else None
    write(session, env, row, outcome, stimulus, actor, now, element_id=task.element_id, submission=made, note=note)
    session.write(task_draft.DELETE, {"draft_id": task_draft.draft_id(task.task_id, actor.id)}, alone=False)
    return Completed(task_id=task.task_id, instance_id=row.id, already=False, opened_task_ids=opened, finished=finished)


def _take(
    session: Session, env: Environment, task: Any, fields: Mapping[str, Any], actor: Actor, now: datetime
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Check the form and let the domain act on it: the clean fields, and these with what the domain says beside."""
    row = split(task)
    form = env.library.form(session, row.version_id, task.element_process, task.form)
    known = {"department": task.department, "place": task.task_place}  # as the page shows the form
    clean = checked(session, env, form, fields, case_id=row.case_id, now=now, known=known)
    submitted = Submitted(
        case_id=row.case_id,
        instance_id=row.id,
        task_id=task.task_id,
        element_id=task.element_id,
        form_key=task.form,
        fields=clean,
        department=task.department,
        place=task.task_place,
    )
    return clean, {**clean, **env.domain.apply_form(session, submitted, actor, now)}
