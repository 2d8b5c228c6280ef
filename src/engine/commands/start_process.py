"""A person (or the program) starts an instance, by submitting the start form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, Target, require
from engine.commands.form_checking import checked
from engine.commands.stepping import decide, spec_of, write
from engine.environment import Environment
from engine.errors import Conflict, NotAllowed, NotFound
from engine.outcome import InstanceStatus
from engine.stimulus import Start
from engine.store import process_version, submission
from engine.store.identifiers import new_id
from engine.store.instance import InstanceRow
from engine.store.outcomes import Submission
from engine.store.prepared import Prepared
from engine.store.session import Session

#: Two requests with one key wait for each other, so that the second one gets the first one's answer.
_LOCK_KEY = Prepared(
    sa.select(
        sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("key", type_=sa.String), 0)).label("locked")
    )
)


@dataclass(frozen=True, kw_only=True)
class Started:
    """What starting brought about; the same for every repetition of the request."""

    instance_id: str
    case_id: str | None
    opened_task_ids: tuple[str, ...]
    already: bool = False  #: this very request had been carried out before
    finished: bool = False


def start_process(
    session: Session,
    env: Environment,
    key: str,
    *,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency_key: str,
    place: str | None = None,
    by_program: bool = False,
) -> Started:
    """Check the start form, let the domain open the case, start an instance of the version in force.

    In: `place` is where the person acts (for the right to start); the case's place is the domain's to say.
    `by_program`: the fields are those of the start form by which the program itself begins (`program_form`).

    Raises `NotFound` (no such process), `NotAllowed`, `SubmissionInvalid`, `Conflict` (key used for something else),
    `StepFailed`.
    """
    session.lock(_LOCK_KEY, {"key": idempotency_key})
    before = session.row(submission.BY_KEY, {"idempotency_key": idempotency_key})
    if before is not None:
        return _repeated(before, key, actor)
    version = process_version.latest(session, key)
    if version is None:
        raise NotFound("没有这个流程")
    require(actor, Permission.PROCESS_START, Target(roles=frozenset(version.starters), place=place or ""))
    spec = spec_of(session, env, version.id)
    if by_program and (spec.program_form is None or not actor.is_system):
        raise NotAllowed("这个流程只能用自己的发起表单发起")
    form_key = spec.program_form if by_program else spec.start_form
    clean: Mapping[str, Any] = fields
    if form_key:
        form = env.library.form(session, version.id, key, form_key)
        clean = checked(session, env, form, fields, case_id=None, now=now)
    return _start(session, env, version, form_key, clean, actor, now, idempotency_key)


def _repeated(before: Any, key: str, actor: Actor) -> Started:
    if before.actor_id != actor.id or before.task_id is not None or before.process_key != key:
        raise Conflict("这个提交编号已用于另一项办理,请刷新页面后再试")
    answer = before.answer
    return Started(
        instance_id=before.instance_id,
        case_id=answer["case_id"],
        opened_task_ids=tuple(answer["opened"]),
        already=True,
        finished=answer["finished"],
    )


def _start(
    session: Session,
    env: Environment,
    version: Any,
    form_key: str | None,
    clean: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency_key: str,
) -> Started:
    case = env.domain.open_case(session, version.process_key, version.case_kind, form_key, clean, actor, now)
    row = InstanceRow(
        id=new_id(now),
        process_key=version.process_key,
        version_id=version.id,
        case_id=case.case_id,
        case_kind=version.case_kind,
        place=case.place,
        subject=case.subject,
        search_key=case.search_key,
        status=InstanceStatus.RUNNING,
        state=None,
        version=0,
        incidents=0,
        started_by=actor.id,
        started_at=now,
        confidential=case.confidential,
    )
    said = {**clean, **case.variables}
    declared = spec_of(session, env, version.id).start_variables
    stimulus = Start(instance_id=row.id, variables={name: said[name] for name in declared if name in said})
    outcome = decide(session, env, row, stimulus, now, keep={})
    opened = tuple(each.token_id for each in outcome.opened)
    finished = outcome.status is InstanceStatus.COMPLETED
    made = Submission(
        idempotency_key=idempotency_key,
        task_id=None,
        element_id=None,
        form=form_key,
        fields=clean,
        answer={"case_id": case.case_id, "opened": list(opened), "finished": finished},
    )
    write(session, env, row, outcome, stimulus, actor, now, submission=made)
    return Started(instance_id=row.id, case_id=case.case_id, opened_task_ids=opened, finished=finished)
