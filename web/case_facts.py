"""What a page says of the case itself: the file's summary, its legal time limits, the papers that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases import case_page, duplicates, summary
from cases.deadlines import DEADLINE_NAMES
from cases.materials import COMPARED
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
    is_missing: bool = False
    file_id: str | None = None  #: what shows it, to be looked at


def case_facts(visit: Visit, case_id: str | None, purpose: str) -> tuple[Fact, ...]:
    """The file's summary in words, as far as the person sees the case."""
    if not case_id:
        return ()
    found = summary.summary(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
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
    for row in case_page.clocks_of(visit.session, visit.person, case_id):
        yield Clock(
            name=_(DEADLINE_NAMES.get(row["code"], row["code"])),
            due=due_of(row["due_at"], row["derivation"], calendar=visit.env.calendar, now=visit.now),
            met_at=row["met_at"],
        )


def papers(visit: Visit, case_id: str | None, purpose: str) -> tuple[Paper, ...]:
    """The case's papers: what was asked for and has not come yet, what the claim lacks before that, then what came."""
    if case_id is None:
        return ()
    found = case_page.papers_of(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
    return (
        *(Paper(title=title, state="stuck", words=_("待补"), is_missing=True) for title in found.missing),
        *(Paper(title=title, state="stuck", words=_("未交")) for title in found.lacking),
        *(_paper(row) for row in found.present),
    )


def _paper(row: Any) -> Paper:
    if row["returned_on"]:
        words = _("已退回")
    elif row["source"] == COMPARED:
        words = _("比对取得")
    else:
        words = _("已交,原件已核") if row["original_seen"] else _("已交")
    return Paper(
        title=row["title"], state="suspended" if row["returned_on"] else "done", words=words, file_id=row["file_id"]
    )


def likenesses(visit: Visit, case_id: str | None, purpose: str) -> tuple[Fact, ...]:
    """Which files and applications may be about the same child."""
    if not case_id:
        return ()
    found = case_page.likenesses_of(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
    return tuple(Fact(label=one.archive_no, value="; ".join(_alike(one))) for one in found)


def number_doubts(visit: Visit, case_id: str | None, purpose: str) -> tuple[Fact, ...]:
    """Whose identity number is worth a look at the original."""
    if not case_id:
        return ()
    found = case_page.number_doubts_of(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
    words = _("身份证号前6位不在行政区划代码表中(含已撤销的代码),请核对原件")
    return tuple(Fact(label=_(one.whose), value=f"{words}: {one.division}") for one in found)


def _alike(one: duplicates.Likeness) -> Iterator[str]:
    yield f"{one.name}: {_(one.why)}"
    yield _(one.status)
    if one.applications:
        yield f"{_('申请编号')} {', '.join(one.applications)}"
