"""Every error the engine raises, as one tree. The docstring is the message; HTTP is nobody's business here.

EngineError
├── Refused                 what was asked may not be done; nothing was changed
│   ├── NotAllowed          the actor lacks the right
│   ├── NotFound            no such thing, or not for this actor
│   ├── TaskAlreadyClosed   somebody (perhaps the same person) closed the task before
│   ├── TaskClaimedByOther  another person holds the task
│   ├── InstanceNotRunning  the case is suspended, cancelled or over
│   ├── SubmissionInvalid   a form's fields break its rules
│   ├── BundleInvalid       a bundle has problems that stop its publication
│   ├── NoReceiver          nobody waits for this message
│   └── Conflict            two changes met; the later one is asked to look again
├── StepFailed              a step could not be computed; nothing was changed, an incident keeps the stimulus
├── StateUnreadable         saved state cannot be read by this program
├── DefinitionBroken        a stored version cannot be compiled by this program
├── SealBroken              a sealed text cannot be opened with the keys there are
└── SettingsInvalid         a setting is missing or may not be used in production
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class EngineError(Exception):
    """The engine could not do what was asked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class Refused(EngineError):
    """What was asked may not be done; nothing was changed."""


class NotAllowed(Refused):
    """You may not do this."""


class NotFound(Refused):
    """There is no such thing here."""


class TaskAlreadyClosed(Refused):
    """This task was closed before."""

    def __init__(self, message: str = "", *, closed_by: str | None = None, closed_at: str | None = None) -> None:
        super().__init__(message)
        self.closed_by = closed_by
        self.closed_at = closed_at


class TaskClaimedByOther(Refused):
    """Another person holds this task."""

    def __init__(self, message: str = "", *, holder: str | None = None) -> None:
        super().__init__(message)
        self.holder = holder


class InstanceNotRunning(Refused):
    """This case is suspended, cancelled or over."""


class NoReceiver(Refused):
    """Nobody waits for this message."""


class Conflict(Refused):
    """Somebody else changed this at the same moment; look again."""


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """One field that breaks one rule, in words that a person can act on."""

    field: str
    rule: str
    message: str


class SubmissionInvalid(Refused):
    """Some fields of the form break their rules."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class BundleInvalid(Refused):
    """The bundle has problems that stop its publication."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass
class StepFailed(EngineError):
    """A step could not be computed. Nothing was changed; the stimulus is kept for a retry."""

    message: str
    element_id: str | None = None
    element_name: str | None = None
    kind: str = "step"
    detail: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        where = f" ({self.element_name or self.element_id})" if self.element_id else ""
        return f"{self.message}{where}"


class StateUnreadable(EngineError):
    """The saved state cannot be read by this program."""


class DefinitionBroken(EngineError):
    """A stored version cannot be compiled by this program."""


class SettingsInvalid(EngineError):
    """A setting is missing or may not be used here."""


class SealBroken(EngineError):
    """A sealed text cannot be opened: the key is missing or another one, or the text was changed."""
