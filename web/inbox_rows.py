"""The rows of the inbox as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from cases import people
from cases.inbox_marks import Mark, marks_of
from cases.roles import Sight, role_name, sight_by_task
from engine.queries.derivations import derivations
from engine.queries.inbox import InboxRow
from engine.queries.senders import senders
from engine.queries.task_around import CopyRow, copies_to
from web.courses import courses_of
from web.deadlines import Due, due_of
from web.language import translate as _
from web.places import PlaceNames
from web.states import INSTANCE_LABELS
from web.titles import Titles
from web.transaction import Visit


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of any tab."""

    id: str  #: of the task; of the instance on tab `started`
    link: str  #: empty: there is no page of it for this person
    title: str
    process: str
    subject: str
    area: str
    state: str
    state_label: str
    number: str  #: of the case
    role: str = ""
    holder: str = ""
    due: Due | None = None
    opened: datetime | None = None
    at: datetime | None = None
    can_claim: bool = False
    can_hand_on: bool = False
    sender: str = ""
    mark: Mark | None = None  #: the reader's own
    copy: CopyRow | None = None  #: on tab `copied`


def rows_of(visit: Visit, found: Sequence[InboxRow]) -> list[Row]:
    """The rows of one page."""
    places, titles = PlaceNames(visit.session), Titles(visit.session)
    with_limit = (row.task_id for row in found if row.task_id and row.due_at)
    counted = derivations(visit.session, with_limit, actor=visit.person)
    ids = [row.task_id for row in found if row.task_id]
    sent, marks = _senders(visit, ids), marks_of(visit.session, visit.person, ids)
    courses = courses_of(visit, [row for row in found if row.task_id is None])
    return [
        _started_row(row, courses[row.instance_id], places, titles)
        if row.task_id is None
        else replace(
            _task_row(visit, row, places, titles, counted.get(row.task_id)),
            sender=sent.get(row.task_id, ""),
            mark=marks.get(row.task_id),
        )
        for row in found
    ]


def _senders(visit: Visit, task_ids: Sequence[str]) -> Mapping[str, str]:
    """Officials by name; who applied or reported by that alone, for a list names no citizen."""
    sent = senders(visit.session, task_ids, actor=visit.person)
    known = people.officials_among(visit.session, {each.id for each in sent.values()})
    return {key: each.name if each.id in known else _("办事群众") for key, each in sent.items()}


def copied_rows(visit: Visit, found: Sequence[InboxRow]) -> list[Row]:
    """The rows of tab `copied`, of cases that the reader still sees: what is read is the case, not the task."""
    ids = [row.task_id for row in found if row.task_id]
    copies = {each.task_id: each for each in copies_to(visit.session, visit.env, ids, actor=visit.person)}
    return [
        replace(
            row,
            copy=copies[row.id],
            subject=copies[row.id].subject,
            link=url_for("instances.show", instance_id=copies[row.id].instance_id),
            at=copies[row.id].at,
        )
        for row in rows_of(visit, found)
        if row.id in copies
    ]


def _task_row(
    visit: Visit, row: InboxRow, places: PlaceNames, titles: Titles, derivation: Mapping[str, Any] | None
) -> Row:
    done = row.status != "open"
    held = row.assignee_name or ""
    mine = row.assignee == visit.person.id
    return Row(
        id=row.task_id or "",
        link=url_for("tasks.show", task_id=row.task_id),
        title=row.name,
        process=_process(row, titles),
        subject=row.subject,
        area=places(row.place),
        state="done" if done else "running",
        state_label="已办" if done else ("已领取" if held else "待领取"),
        number=row.case_id or "",
        role=role_name(row.role or ""),
        holder="" if mine else held,
        due=None if done else due_of(row.due_at, derivation, calendar=visit.env.calendar, now=visit.now),
        opened=row.opened_at,
        at=row.closed_at,
        can_claim=not done and row.assignee is None,
        can_hand_on=not done and (mine or row.assignee is None),
    )


def _process(row: InboxRow, titles: Titles) -> str:
    """The process's title tells of a report or of a parent in custody: whoever only visits or cares is not told it."""
    told = sight_by_task(row.role or "", row.department, row.process_key) > Sight.NONE
    return titles(row.process_key) if told else _("保护个案")


def _started_row(row: InboxRow, course: str, places: PlaceNames, titles: Titles) -> Row:
    return Row(
        id=row.instance_id,
        link=course,
        title=titles(row.process_key),
        process="",
        subject=row.subject,
        area=places(row.place),
        state=row.status,
        state_label=INSTANCE_LABELS[row.status],
        number=row.case_id or "",
        opened=row.opened_at,
        at=row.opened_at,
    )
