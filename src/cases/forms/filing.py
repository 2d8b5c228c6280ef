"""What a form's `apply` gets: the checked submission, who made it, and when. One argument instead of six."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.access import Actor
from engine.calendar import Calendar, county_day
from engine.domain import Submitted
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Filing:
    """One submission on its way into the domain, inside the command's transaction."""

    session: Session
    submitted: Submitted
    actor: Actor
    now: datetime
    calendar: Calendar

    @property
    def case_id(self) -> str:
        if self.submitted.case_id is None:
            raise NotFound("这张表不属于任何办件")
        return self.submitted.case_id

    @property
    def day(self) -> date:
        """The county's calendar day of the submission."""
        return county_day(self.now)

    @property
    def department(self) -> str:
        if self.submitted.department is None:
            raise NotFound("这张表不属于任何部门")
        return self.submitted.department

    def value(self, name: str) -> Any:
        """The field's clean value; None when it was left empty or hidden."""
        return self.submitted.fields.get(name)

    def text(self, name: str) -> str:
        """The field as text; empty when there is none."""
        value = self.value(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A tick box."""
        return self.value(name) is True

    def chosen(self, name: str) -> Sequence[str]:
        """A list of choices, or of files; a single value counts as a list of one."""
        return as_list(self.value(name))

    def first_file(self, name: str) -> str | None:
        """The first file of a file field."""
        return next(iter(self.chosen(name)), None)


#: A child without a guardian, or with one who harms, is at risk whether or not somebody ticked it (M15).
NO_GUARDIANSHIP = frozenset({"缺失", "不当"})


def at_risk(found: Mapping[str, Any]) -> bool:
    """Whether a visit found what must be reported and assessed (4.0, M15)."""
    return found.get("risk_found") is True or found.get("guardianship") in NO_GUARDIANSHIP


#: What a form's submission does to the domain; returns facts, of which only declared names enter the state.
Apply = Callable[[Filing], Mapping[str, Any]]


def as_list(value: Any) -> Sequence[str]:
    """A field's value as a list of texts."""
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    return (str(value),)


def refuse(field: str, rule: str, message: str) -> SubmissionInvalid:
    """The error to raise when one field breaks a rule that the form itself cannot know."""
    return SubmissionInvalid([FieldProblem(field=field, rule=rule, message=message)])
