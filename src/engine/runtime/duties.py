"""What a token waits for: a person, a job or a message. The difference of two looks is what a step decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from SpiffWorkflow.util.task import TaskState

from engine.calendar import due_at
from engine.clock import COUNTY_ZONE
from engine.outcome import JobAdded, JobKind, JobVoided, TaskClosed, TaskOpened, WaitAdded, WaitRemoved
from engine.runtime.elements import ServiceTask, UserTask
from engine.runtime.events import BoundaryEvent, CatchEvent
from engine.runtime.gateways import EventGateway
from engine.runtime.scripting import Scripting, split_names
from engine.runtime.tree import LiveWorkflow, Token

_BARE = re.compile(r"^[A-Za-z_][\w-]*$")


class Kind(StrEnum):
    """Whom a token waits for."""

    TASK = "task"
    SERVICE = "service"
    TIMER = "timer"
    WAIT = "wait"


class Duty(NamedTuple):
    """One thing a token waits for. `sequence` tells rounds of a cycle timer apart."""

    token_id: str
    kind: Kind
    sequence: int = 0


def duties(workflow: LiveWorkflow) -> dict[Duty, Token]:
    """All that the instance waits for."""
    return {duty: token for each in workflow.workflows() for token in each.live_tokens() if (duty := duty_of(token))}


def duty_of(token: Token) -> Duty | None:
    """What this token waits for; None for joins, scopes and multi-instance frames."""
    spec = token.task_spec
    if token._state == TaskState.READY and isinstance(spec, UserTask):
        return Duty(token.id, Kind.TASK)
    if token._state == TaskState.STARTED and isinstance(spec, ServiceTask):
        return Duty(token.id, Kind.SERVICE)
    if token._state == TaskState.WAITING and isinstance(spec, CatchEvent):
        if spec.event_definition.kind == "timer":
            return Duty(token.id, Kind.TIMER, token.internal_data.get("round", 0))
        if spec.event_definition.kind in ("message", "signal"):
            return Duty(token.id, Kind.WAIT)
    return None


def visible_tokens(workflow: LiveWorkflow) -> tuple[tuple[str, str], ...]:
    """(process key, element id) of each live token as a reader of the diagram sees it."""
    found: dict[tuple[str, str, str], None] = {}
    for each in workflow.workflows():
        for token in each.live_tokens():
            shown = token.parent if isinstance(getattr(token.parent, "task_spec", None), EventGateway) else token
            if shown is None or isinstance(token.task_spec, BoundaryEvent) or shown.task_spec.bpmn_id is None:
                continue
            element = workflow.script_engine.element(shown)
            found[(shown.id, element.process_key, element.id)] = None
    return tuple((process_key, element_id) for _, process_key, element_id in found)


def opened_task(token: Token, scripting: Scripting) -> TaskOpened:
    """What the inbox gets for a user task that opened. Raises `StepFailed` when a property yields nothing."""
    element = scripting.element(token)
    properties = element.properties
    due, derivation = _due(token, scripting, properties.get("due"))
    return TaskOpened(
        token_id=token.id,
        element_id=element.id,
        process_key=element.process_key,
        name=element.name or element.id,
        form=_code(token, scripting, properties.get("form"), "表单") or element.id,
        role=_code(token, scripting, properties.get("role"), "办理角色") or "",
        place=_place(token, scripting, properties.get("place")),
        department=_code(token, scripting, properties.get("department"), "办理部门"),
        due_at=due,
        due_derivation=derivation,
        separate_from=element.separate_from,
        reminders=properties.get("reminders"),
        variables=element.variables,
        sign=properties.get("sign") or None,
        signers=split_names(properties.get("signers")),
        instance_key=_instance_key(token.internal_data.get("item")),
    )


def jobs_of(added: dict[Duty, Token], scripting: Scripting) -> Iterator[JobAdded]:
    """Timer and service jobs for new duties, and one job for each message or signal thrown."""
    for duty, token in added.items():
        element_id = token.task_spec.bpmn_id
        if duty.kind is Kind.TIMER:
            armed = token.task_spec.armed(token)
            yield JobAdded(
                token_id=token.id,
                element_id=element_id,
                kind=JobKind.TIMER,
                due_at=armed.due_at,
                sequence=armed.sequence,
            )
        elif duty.kind is Kind.SERVICE:
            properties = scripting.element(token).properties
            parameters = {
                name.removeprefix("param."): scripting.evaluate(token, text)
                for name, text in properties.items()
                if name.startswith("param.")
            }
            yield JobAdded(
                token_id=token.id,
                element_id=element_id,
                kind=JobKind.SERVICE,
                due_at=scripting.now,
                service=properties.get("service"),
                parameters=parameters,
            )
    for number, thrown in enumerate(scripting.thrown):
        yield JobAdded(
            token_id=thrown.token_id,
            element_id=thrown.element_id,
            kind=thrown.kind,
            due_at=scripting.now,
            parameters={"name": thrown.name, "key": thrown.key, "payload": dict(thrown.payload)},
            sequence=number,
        )


def closed_tasks(gone: dict[Duty, Token], after: Mapping[str, int]) -> Iterator[TaskClosed]:
    """User tasks that stopped waiting; `after` maps token ids to their state after the step."""
    for duty in gone:
        if duty.kind is Kind.TASK:
            yield TaskClosed(token_id=duty.token_id, completed=after.get(duty.token_id) == TaskState.COMPLETED)


def voided_jobs(gone: dict[Duty, Token], after: dict[Duty, Token]) -> Iterator[JobVoided]:
    """Jobs that are no longer wanted. A cycle timer's next round is wanted, though the last one is over."""
    kinds = {Kind.TIMER: JobKind.TIMER, Kind.SERVICE: JobKind.SERVICE}
    still = {(duty.token_id, duty.kind) for duty in after}
    for duty in gone:
        if duty.kind in kinds and (duty.token_id, duty.kind) not in still:
            yield JobVoided(token_id=duty.token_id, kind=kinds[duty.kind])


def waits(added: dict[Duty, Token]) -> Iterator[WaitAdded]:
    """Messages and signals newly waited for."""
    for duty, token in added.items():
        if duty.kind is Kind.WAIT:
            definition = token.task_spec.event_definition
            yield WaitAdded(
                token_id=token.id,
                element_id=token.task_spec.bpmn_id,
                name=definition.name or "",
                key=token.internal_data.get("key"),
                signal=definition.kind == "signal",
            )


def ended_waits(gone: dict[Duty, Token]) -> Iterator[WaitRemoved]:
    """Waits that ended."""
    return (WaitRemoved(token_id=duty.token_id) for duty in gone if duty.kind is Kind.WAIT)


def _code(token: Token, scripting: Scripting, expression: str | None, what: str) -> str | None:
    """A property that is a bare code, or FEEL that yields one."""
    if expression is None or not expression.strip():
        return None
    if _BARE.match(expression.strip()):
        return expression.strip()
    value = scripting.evaluate(token, expression)
    if value is None:
        raise scripting.failed(token, f"{what}表达式「{expression}」没有结果", kind="property")
    return str(value)


def _place(token: Token, scripting: Scripting, expression: str | None) -> str | None:
    """A division code from FEEL, or None for the case's own place."""
    if expression is None or not expression.strip():
        return None
    value = scripting.evaluate(token, expression)
    return None if value is None else str(value)


def _due(
    token: Token, scripting: Scripting, expression: str | None
) -> tuple[datetime | None, Mapping[str, Any] | None]:
    if not expression or not expression.strip():
        return None, None
    value, derivation = scripting.due(token, expression)
    if isinstance(value, timedelta):
        value = scripting.now + value
    elif not isinstance(value, (date, datetime)):
        raise scripting.failed(token, f"时限表达式「{expression}」应得到日期、日期时间或时长", kind="due")
    elif isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=COUNTY_ZONE)
    return due_at(value), None if derivation is None else derivation.as_dict()


def _instance_key(item: Any) -> str | None:
    if item is None:
        return None
    if isinstance(item, Mapping):
        return next((str(value) for value in item.values() if isinstance(value, str)), None)
    return str(item)
