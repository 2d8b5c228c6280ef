"""Why a step happens. A stimulus is small, frozen and can be stored, so that a failed step can be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Start:
    """An instance begins. Its id is the seed from which all its token ids are counted."""

    instance_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TaskCompleted:
    """A person finished a user task; `variables` holds only declared names."""

    token_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TimerDue:
    """A timer's job came due."""

    token_id: str
    element_id: str
    due_at: datetime
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class ServiceFinished:
    """A service call returned; its result is merged into the declared names only."""

    token_id: str
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ServiceRaised:
    """A service call ended with a BPMN error that the diagram may catch."""

    token_id: str
    code: str
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageArrived:
    """A message for the element that waits with this token."""

    token_id: str
    element_id: str
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SignalArrived:
    """A signal for every element of the instance that waits for it; `key` as it was thrown."""

    name: str
    key: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TokenMoved:
    """An administrator or a clerk moved a token: it is cancelled and a new one starts at `to_element`."""

    token_id: str
    to_element: str


Stimulus = (
    Start | TaskCompleted | TimerDue | ServiceFinished | ServiceRaised | MessageArrived | SignalArrived | TokenMoved
)
