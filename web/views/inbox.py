"""The inbox 待办: what waits for this person, what the person did, what the person started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.jurisdictions import COUNTY_DIGITS, subtree
from engine.clock import COUNTY_ZONE
from engine.queries.derivations import derivations
from engine.queries.inbox import InboxRow, Narrowed, inbox, steps_waiting
from engine.queries.inbox import Tab as TabCode
from web.deadlines import Due, due_of
from web.places import PlaceNames
from web.routes import Access, page
from web.states import INSTANCE_LABELS
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("inbox", __name__)

PAGE_SIZE = 50
DUES = (("late", "逾期"), ("today", "今天到期"), ("soon", "3 日内到期"))
#: So that what ends at midnight belongs to the day that ends then.
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of the inbox."""

    code: TabCode
    label: str
    empty_title: str
    empty_advice: str
    count: int | None = None


_TABS = (
    Tab(
        code="todo",
        label="待办",
        empty_title="没有待办事项",
        empty_advice="轮到您办的事项会自动出现在这里,按时限先后排列。",
    ),
    Tab(
        code="unclaimed",
        label="待领取",
        empty_title="没有待领取的事项",
        empty_advice="本岗位共有、还没有人领取的事项列在这里;打开后点“领取”,或直接办理。",
    ),
    Tab(code="done", label="已办", empty_title="还没有办过的事项", empty_advice="您提交过的事项列在这里,可随时回看。"),
    Tab(
        code="started",
        label="我发起",
        empty_title="还没有发起过办件",
        empty_advice="在“办理”中填写申请后,办件的进展列在这里。",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of any tab."""

    link: str
    title: str
    process: str
    subject: str
    area: str
    state: str
    state_label: str
    holder: str = ""
    due: Due | None = None
    at: datetime | None = None


@page(pages, "/inbox", access=Access.SIGNED_IN)
def todo(visit: Visit) -> ResponseReturnValue:
    """One tab of the inbox."""
    code = request.args.get("tab", "todo")
    tab = next((each for each in _TABS if each.code == code), _TABS[0])
    keyword = request.args.get("q", "").strip()[:60]
    asked = _asked(open_work=tab.code in ("todo", "unclaimed"))
    found = inbox(
        visit.session,
        visit.person,
        tab=tab.code,
        keyword=keyword,
        narrowed=_narrowed(asked, visit.now),
        limit=PAGE_SIZE,
        after=request.args.get("after"),
        now=visit.now,
    )
    places, titles = PlaceNames(visit.session), Titles(visit.session)
    counted = derivations(
        visit.session, (row.task_id for row in found.rows if row.task_id and row.due_at), actor=visit.person
    )
    return render_template(
        "inbox.html",
        tabs=[_counted(each, found.counts) for each in _TABS],
        current=tab.code,
        tab_label=tab.label,
        empty_title=tab.empty_title,
        empty_advice=tab.empty_advice,
        keyword=keyword,
        asked=asked,
        steps=sorted({name for _key, name in steps_waiting(visit.session, visit.person)}),
        divisions=_divisions(visit),
        dues=DUES,
        rows=[
            _started_row(row, places, titles)
            if row.task_id is None
            else _task_row(visit, row, places, titles, counted.get(row.task_id))
            for row in found.rows
        ],
        next=found.next,
        paged=bool(request.args.get("after")),
    )


def _asked(*, open_work: bool) -> dict[str, str]:
    """What the reader narrows the list to; work that is done has no step or time limit to choose."""
    names = ("step", "place", "due") if open_work else ("place",)
    asked = {name: request.args.get(name, "").strip()[:200] for name in names}
    return {name: value for name, value in asked.items() if value}


def _narrowed(asked: Mapping[str, str], now: datetime) -> Narrowed:
    """The filter: "today" ends with the county's day (24:00 included), "soon" with the day after the next two."""
    midnight = datetime.combine(now.astimezone(COUNTY_ZONE).date() + timedelta(days=1), time(), COUNTY_ZONE)
    ends = {"late": now, "today": midnight + _INSTANT, "soon": midnight + timedelta(days=2) + _INSTANT}
    due = asked.get("due", "")
    return Narrowed(
        name=asked.get("step", ""),
        place=asked.get("place", ""),
        due_from=now if due in ("today", "soon") else None,
        due_before=ends.get(due),
    )


def _divisions(visit: Visit) -> list[tuple[str, str]]:
    """The townships and villages in which the person works, to choose from; none where there is nothing to choose."""
    roots = {grant.place for grant in visit.person.grants}
    found = {
        one.code: one.name for root in roots for one in subtree(visit.session, root) if len(one.code) > COUNTY_DIGITS
    }
    return sorted(found.items()) if len(found) > 1 else []


def _counted(tab: Tab, counts: Mapping[str, int]) -> Tab:
    return Tab(
        code=tab.code,
        label=tab.label,
        empty_title=tab.empty_title,
        empty_advice=tab.empty_advice,
        count=counts.get(tab.code),
    )


def _task_row(
    visit: Visit, row: InboxRow, places: PlaceNames, titles: Titles, derivation: Mapping[str, Any] | None
) -> Row:
    done = row.status != "open"
    held = row.assignee_name or ""
    return Row(
        link=url_for("tasks.show", task_id=row.task_id),
        title=row.name,
        process=titles(row.process_key),
        subject=row.subject,
        area=places(row.place),
        state="done" if done else "running",
        state_label="已办" if done else ("已领取" if held else "待领取"),
        holder="" if row.assignee == visit.person.id else held,
        due=None if done else due_of(row.due_at, derivation, calendar=visit.env.calendar, now=visit.now),
        at=row.closed_at,
    )


def _started_row(row: InboxRow, places: PlaceNames, titles: Titles) -> Row:
    return Row(
        link=url_for("instances.show", instance_id=row.instance_id),
        title=titles(row.process_key),
        process="",
        subject=row.subject,
        area=places(row.place),
        state=row.status,
        state_label=INSTANCE_LABELS[row.status],
        at=row.opened_at,
    )
