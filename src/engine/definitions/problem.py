"""What the check says about a bundle: one sentence on what is wrong and what to do about it, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"  #: stops the publication
    WARNING = "warning"  #: is shown; the process owner decides


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in a bundle, where it stands and how to put it right."""

    rule: str  #: kebab-case id of the rule
    message: str  #: Chinese: what is wrong, and the remedy
    message_en: str
    severity: Severity = Severity.ERROR
    file: str = ""  #: "<process key>/<path in the bundle>"
    line: int | None = None
    element_id: str | None = None
    path: tuple[str, ...] = ()  #: element ids of the shortest failing run, where the problem is one of behaviour

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return self.message
