"""What a page says of the case itself: the file's summary, its legal time limits, the papers that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases import deadlines, summary
from cases.case_files import find_case
from cases.materials import COMPARED, MATERIALS, listed
from cases.roles import Sight
from web import formats
from web.deadlines import Due, due_of
from web.forms import Fact
from web.language import translate as _
from web.money import money as money  # what a page says of the case, its money too
from web.transaction import Visit


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A legal time limit of the case."""

    name: str
    due: Due | None
    met_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper of the case and whether it is there."""

    title: str
    state: str
    words: str


def case_facts(visit: Visit, case_id: str | None, seen: Sight) -> tuple[Fact, ...]:
    """The file's summary in words."""
    if not case_id or seen == Sight.NONE:
        return ()
    found = summary.summary(visit.session, visit.person, case_id, at_least=seen)
    return tuple(Fact(label=_(line.label), value=in_words(line.value)) for line in found)


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
            name=_(deadlines.DEADLINE_NAMES.get(row["code"], row["code"])),
            due=due_of(row["due_at"], row["derivation"], calendar=visit.env.calendar, now=visit.now),
            met_at=row["met_at"],
        )


def papers(visit: Visit, case_id: str | None, seen: Sight) -> tuple[Paper, ...]:
    """The case's papers: what came, and what was asked for and has not come yet. Their titles tell of custody and
    illness, so whoever sees the plain file only does not see them."""
    if case_id is None or seen < Sight.SENSITIVE:
        return ()
    have = listed(visit.session, case_id)
    codes = {row["code"] for row in have}
    facts = find_case(visit.session, case_id)["facts"]
    wanted = [code for code in facts.get("missing_materials", ()) if code not in codes]
    return (
        *(Paper(title=MATERIALS.get(code, code), state="stuck", words=_("待补")) for code in wanted),
        *(_paper(row) for row in have),
    )


def _paper(row: Any) -> Paper:
    if row["returned_on"]:
        words = _("已退回")
    elif row["source"] == COMPARED:
        words = _("比对取得")
    else:
        words = _("已交,原件已核") if row["original_seen"] else _("已交")
    return Paper(title=row["title"], state="suspended" if row["returned_on"] else "done", words=words)


def missing(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The papers that the applicant was asked for."""
    return tuple(MATERIALS.get(code, code) for code in row["facts"].get("missing_materials", ()))
