"""What one step decides, as frozen values. `runtime` makes them, `store.outcomes.apply` acts on them; neither knows the
other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class InstanceStatus(StrEnum):
    """Where an instance stands."""

    RUNNING = "running"  #: waits for a person, a job or a message
    SUSPENDED = "suspended"  #: stopped by an administrator; nothing advances
    COMPLETED = "completed"  #: reached its end
    CANCELLED = "cancelled"  #: ended by a person, with a reason


class JobKind(StrEnum):
    """Why a job exists."""

    TIMER = "timer"  #: fires a timer event when due
    SERVICE = "service"  #: calls a service for a service task
    MESSAGE = "message"  #: delivers a thrown message to other instances
    SIGNAL = "signal"  #: broadcasts a thrown signal


@dataclass(frozen=True, kw_only=True)
class TaskOpened:
    """A user task that began to wait for a person."""

    token_id: str
    element_id: str
    process_key: str  #: of the (called) process in which the element stands
    name: str
    form: str
    role: str
    place: str | None  #: None: the case's place
    department: str | None
    due_at: datetime | None
    due_derivation: Mapping[str, Any] | None  #: `calendar.Derivation.as_dict()`, shown on the screen
    separate_from: tuple[str, ...] = ()  #: elements whose completer may not do this task
    reminders: str | None = None
    variables: tuple[str, ...] = ()  #: the only names that a submission may write into the state
    sign: str | None = None  #: `definitions.signing.Mode`: whose opinions must be in before it is completed
    signers: tuple[str, ...] = ()  #: the roles that sign, in order
    instance_key: str | None = None  #: which instance of a multi-instance task (its item, as text)


@dataclass(frozen=True, kw_only=True)
class TaskClosed:
    """A user task that stopped waiting: done by the stimulus, or withdrawn by the process."""

    token_id: str
    completed: bool


@dataclass(frozen=True, kw_only=True)
class JobAdded:
    """Work to be done by the program at or after `due_at`."""

    token_id: str
    element_id: str
    kind: JobKind
    due_at: datetime
    service: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 0  #: which round of a cycle timer; (token_id, kind, sequence) is unique


@dataclass(frozen=True, kw_only=True)
class TimerMoved:
    """A timer that waits for another instant now."""

    token_id: str
    element_id: str
    before: datetime
    after: datetime


@dataclass(frozen=True, kw_only=True)
class JobVoided:
    """Work that is no longer wanted."""

    token_id: str
    kind: JobKind


@dataclass(frozen=True, kw_only=True)
class WaitAdded:
    """An element that waits for a message (or, with `signal`, a signal)."""

    token_id: str
    element_id: str
    name: str
    key: str | None
    signal: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitRemoved:
    """A wait that ended; all waits of this token are meant."""

    token_id: str


@dataclass(frozen=True, kw_only=True)
class Passed:
    """An element that ran to its end in this step, in order; `flow_id` is the sequence flow by which it was reached."""

    element_id: str
    process_key: str
    name: str | None
    kind: str  #: BPMN tag, e.g. "userTask"
    flow_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that one step decides."""

    state: bytes
    status: InstanceStatus
    opened: tuple[TaskOpened, ...] = ()
    closed: tuple[TaskClosed, ...] = ()
    jobs: tuple[JobAdded, ...] = ()
    voided: tuple[JobVoided, ...] = ()
    waits: tuple[WaitAdded, ...] = ()
    unwaited: tuple[WaitRemoved, ...] = ()
    passed: tuple[Passed, ...] = ()
    end_event: str | None = None  #: element id of the end event of the top process, when completed
    decisions: tuple[Mapping[str, Any], ...] = ()  #: explanations of decision tables evaluated in this step
    tokens: tuple[tuple[str, str], ...] = ()  #: (process key, element id) of every live visible token, after the step
    variables: Mapping[str, Any] = field(default_factory=dict)  #: the top process's data after the step
