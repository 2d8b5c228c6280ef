"""A task as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from cases import case_page
from cases.roles import ITEM_KINDS
from engine.errors import NotFound
from engine.queries.seeing import is_seen
from engine.queries.task import TaskView
from web.deadlines import Due, due_of
from web.places import PlaceNames
from web.transaction import Visit


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    """The head of the page."""

    id: str
    case_link: str  #: empty: the person sees the task and not the case
    source_link: str  #: of an item: the case that gave it, as far as the person sees that
    name: str
    subject: str
    area: str
    due: Due | None
    state: str
    state_label: str
    holder: str
    owner: str
    in_stead_of: str
    has_case: bool


def shown_task(visit: Visit, view: TaskView) -> ShownTask:
    """The task in words, and whose it is."""
    is_open = view.status == "open"
    mine = view.assignee == visit.person.id
    seen = is_seen(visit.session, visit.env, view.instance_id, visit.person)
    label = {"open": "已领取" if view.assignee else "待领取", "done": "已办", "withdrawn": "已收回"}[view.status]
    return ShownTask(
        id=view.id,
        case_link=url_for("instances.show", instance_id=view.instance_id) if seen else "",
        source_link=_source_link(visit, view),
        name=view.name,
        subject=view.subject,
        area=PlaceNames(visit.session)(view.place),
        due=due_of(view.due_at, view.due_derivation, calendar=visit.env.calendar, now=visit.now) if is_open else None,
        state="running" if is_open else "done",
        state_label=label,
        holder=view.closed_by_name or ("" if mine else view.assignee_name or ""),
        owner=view.owner_name or "",
        in_stead_of=view.for_person_name or "",
        has_case=view.case_id is not None,
    )


def _source_link(visit: Visit, view: TaskView) -> str:
    if view.case_id is None or view.case_kind not in ITEM_KINDS:
        return ""
    try:
        source = case_page.source_of(visit.session, visit.person, view.case_id)
    except NotFound:
        return ""  # done before, and seen no longer
    return url_for("instances.show", instance_id=source) if source else ""
