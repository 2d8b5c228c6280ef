"""What a page says of the case itself: the file's summary, its legal time limits, the papers that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases import deadlines, summary
from cases.materials import MATERIALS
from cases.roles import Sight
from web import formats
from web.deadlines import Due, due_of
from web.forms import Fact
from web.transaction import Visit


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A legal time limit of the case."""

    name: str
    due: Due | None
    met_at: datetime | None


def case_facts(visit: Visit, case_id: str | None, seen: Sight) -> tuple[Fact, ...]:
    """The file's summary in words."""
    if not case_id or seen == Sight.NONE:
        return ()
    found = summary.summary(visit.session, visit.person, case_id, at_least=seen)
    return tuple(Fact(label=line.label, value=in_words(line.value)) for line in found)


def in_words(value: str | date | datetime) -> str:
    """A fact's value as a page writes it."""
    if isinstance(value, datetime):
        return formats.moment(value)
    return formats.day(value) if isinstance(value, date) else value


def clocks(visit: Visit, case_id: str | None) -> Iterator[Clock]:
    """The case's legal time limits, oldest first."""
    if case_id is None:
        return
    for row in deadlines.deadlines_of(visit.session, case_id):
        yield Clock(
            name=deadlines.DEADLINE_NAMES.get(row["code"], row["code"]),
            due=due_of(row["due_at"], row["derivation"], calendar=visit.env.calendar, now=visit.now),
            met_at=row["met_at"],
        )


def missing(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The papers that the applicant was asked for."""
    return tuple(MATERIALS.get(code, code) for code in row["facts"].get("missing_materials", ()))
