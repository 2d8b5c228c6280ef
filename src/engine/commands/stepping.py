"""How every command that advances an instance does it: facts, one pure step, one write. Not a verb itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor, Target
from engine.commands.surprises import failing_as_a_step
from engine.domain import NewsKind, TaskNews
from engine.environment import Environment
from engine.errors import InstanceNotRunning
from engine.outcome import InstanceStatus, Outcome, TaskOpened
from engine.runtime import Context, ProcessSpec, advance
from engine.stimulus import Stimulus
from engine.store import outcomes
from engine.store.instance import InstanceRow
from engine.store.session import Session

_WORDS = {
    InstanceStatus.SUSPENDED: "此办件已暂停,恢复后才能办理",
    InstanceStatus.CANCELLED: "此办件已终止",
    InstanceStatus.COMPLETED: "此办件已办结",
}


def require_running(row: InstanceRow) -> None:
    """Raise `InstanceNotRunning`, saying why, unless the instance runs."""
    if not row.is_running:
        raise InstanceNotRunning(_WORDS[InstanceStatus(row.status)])


def spec_of(session: Session, env: Environment, version_id: str) -> ProcessSpec:
    """The compiled version; read through this session when it is not cached."""
    return env.specs.get(version_id, lambda wanted: env.library.bundle(session, wanted))


def queues_of(session: Session, env: Environment, version_id: str) -> Mapping[str, str]:
    """Which queue each service of this version uses."""
    manifest = env.library.bundle(session, version_id).manifest
    return manifest.queue if manifest is not None else {}


def decide(
    session: Session, env: Environment, row: InstanceRow, stimulus: Stimulus, now: datetime, *, keep: Mapping[str, Any]
) -> Outcome:
    """One pure step. A `StepFailed` carries in `detail` what `open_incident` needs: instance, stimulus, and `keep`. A
    state or a version that this program cannot read is one, too (kinds "state" and "definition")."""
    with failing_as_a_step(row.id, stimulus, keep):
        facts = env.domain.facts(session, row.case_id, now) if row.case_id else {}
        context = Context(calendar=env.calendar, facts=facts, case_id=row.case_id)
        return advance(spec_of(session, env, row.version_id), row.state, stimulus, context, now)


def step(
    session: Session,
    env: Environment,
    row: InstanceRow,
    stimulus: Stimulus,
    *,
    actor: Actor,
    now: datetime,
    element_id: str | None = None,
    job_id: str | None = None,
    note: Mapping[str, Any] | None = None,
    keep: Mapping[str, Any] | None = None,
) -> Outcome:
    """Decide and write one step without a submission. Raises `StepFailed`, `NoReceiver`, `Conflict`."""
    kept = {"job_id": job_id, **(keep or {})}
    outcome = decide(session, env, row, stimulus, now, keep=kept)
    with failing_as_a_step(row.id, stimulus, kept):
        write(session, env, row, outcome, stimulus, actor, now, element_id=element_id, job_id=job_id, note=note)
    return outcome


def write(
    session: Session,
    env: Environment,
    row: InstanceRow,
    outcome: Outcome,
    stimulus: Stimulus,
    actor: Actor,
    now: datetime,
    *,
    element_id: str | None = None,
    job_id: str | None = None,
    submission: outcomes.Submission | None = None,
    note: Mapping[str, Any] | None = None,
) -> None:
    """Write what was decided, and tell the domain when the instance reached its end."""
    outcomes.apply(
        session,
        row,
        outcome,
        stimulus=stimulus,
        actor=actor,
        now=now,
        element_id=element_id,
        job_id=job_id,
        submission=submission,
        queues=queues_of(session, env, row.version_id) if outcome.jobs else None,
        note=note,
    )
    for opened in outcome.opened:
        if opened.sign:
            _ask_signers(session, env, row, opened, actor, now)
    if outcome.status is InstanceStatus.COMPLETED and row.case_id:
        env.domain.instance_ended(session, row.case_id, row.process_key, outcome.end_event, now)


def _ask_signers(
    session: Session, env: Environment, row: InstanceRow, opened: TaskOpened, actor: Actor, now: datetime
) -> None:
    """Let those know whose opinions the diagram asks for."""
    for role in opened.signers:
        news = TaskNews(
            kind=NewsKind.SIGN,
            cause=f"{NewsKind.SIGN}:{opened.token_id}:{role}",
            task_id=opened.token_id,
            task_name=opened.name,
            case_id=row.case_id,
            subject=row.subject,
            post=Target(role=role, place=row.place if opened.place is None else opened.place),
        )
        env.domain.tell(session, news, actor, now)
