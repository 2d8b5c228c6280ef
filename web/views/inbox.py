"""The inbox 待办: what waits for this person, what the person did, what the person started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.identity import CATEGORIES
from cases.inbox_categories import may_ask_category
from cases.inbox_filters import columns_for, filter_for, filters_for
from cases.jurisdictions import COUNTY_DIGITS, subtree
from engine.calendar import county_day
from engine.queries.inbox import LARGEST_PAGE, MOST_COUNTED, InboxPage, Narrowed, count_inbox, inbox, steps_waiting
from engine.queries.inbox import Tab as TabCode
from engine.queries.task_around import to_sign as waiting_for_opinion
from web.deadlines import due_of
from web.inbox_asking import DUES, FOLLOWS, PRIORITIES, Asked
from web.inbox_rows import copied_rows, rows_of
from web.places import PlaceNames
from web.posts import words_of
from web.routes import Access, page
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("inbox", __name__)

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of the inbox."""

    code: TabCode
    label: str
    empty_title: str
    empty_advice: str
    count: int | None = None


TABS = (
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
        label="我发起的",
        empty_title="还没有发起过办件",
        empty_advice="在“办理”中填写申请后,办件的进展列在这里。",
    ),
    Tab(
        code="copied",
        label="抄送我",
        empty_title="没有抄送给您的事项",
        empty_advice="同事抄送给您阅知的事项列在这里,只供查阅,不需要办理。",
    ),
)
#: The columns to choose from, by the names of `cases.inbox_filters.COLUMNS`.
COLUMN_LABELS: Mapping[str, str] = {
    "process": "所属流程",
    "child": "儿童",
    "place": "地区",
    "from": "来自",
    "role": "责任岗位",
    "opened": "到达时间",
    "number": "办件号",
    "state": "状态",
}


@page(pages, "/inbox", access=Access.SIGNED_IN)
def todo(visit: Visit) -> ResponseReturnValue:
    """One tab of the inbox."""
    asked = Asked.of(request.args)
    found = _found(visit, asked, PAGE_SIZE)
    waiting, titles = steps_waiting(visit.session, visit.person), Titles(visit.session)
    return render_template(
        "inbox.html",
        tabs=[replace(each, count=found.counts.get(each.code)) for each in TABS],
        tab=next(each for each in TABS if each.code == asked.tab),
        asked=asked,
        processes=sorted({(key, titles(key)) for key, _name in waiting}, key=lambda each: each[1]),
        steps=[(name, name) for name in sorted({name for _key, name in waiting})],
        divisions=_divisions(visit),
        dues=DUES,
        priorities=PRIORITIES,
        follows=FOLLOWS,
        categories=list(CATEGORIES.items()) if may_ask_category(visit.person) else [],
        today=county_day(visit.now),
        rows=(copied_rows if asked.tab == "copied" else rows_of)(visit, found.rows),
        found=found,
        paged=bool(request.args.get("after")),
        saved=filters_for(visit.session, visit.person),
        posts=_posts(visit),
        columns=columns_for(visit.session, visit.person),
        column_labels=COLUMN_LABELS,
    )


@page(pages, "/inbox/to-sign", access=Access.SIGNED_IN)
def to_sign(visit: Visit) -> ResponseReturnValue:
    """What waits for the person's opinion: a tab of its own, for it is asked of the person, not of the post."""
    places = PlaceNames(visit.session)
    rows = [
        {
            "task": row,
            "area": places(row.place),
            "due": due_of(row.due_at, row.due_derivation, calendar=visit.env.calendar, now=visit.now),
        }
        for row in waiting_for_opinion(visit.session, visit.env, actor=visit.person)
    ]
    return render_template("inbox_signs.html", rows=rows, tabs=TABS)


@page(pages, "/inbox/to-sign/count", access=Access.SIGNED_IN)
def to_sign_count(visit: Visit) -> ResponseReturnValue:
    """How many opinions are asked of the person, for the tab; empty where there is none."""
    return str(len(waiting_for_opinion(visit.session, visit.env, actor=visit.person)) or "")


@page(pages, "/inbox/print", access=Access.SIGNED_IN)
def on_paper(visit: Visit) -> ResponseReturnValue:
    """The list for the printer: of what is ticked, or of what is asked for."""
    asked, ticked = Asked.of(request.args), set(request.args.getlist("task"))
    found = _found(visit, asked, LARGEST_PAGE)
    rows = [row for row in rows_of(visit, found.rows) if not ticked or row.id in ticked]
    tab = next(each for each in TABS if each.code == asked.tab)
    return render_template("inbox_print.html", rows=rows, tab=tab, now=visit.now, more=bool(found.next) and not ticked)


@page(pages, "/inbox/filters/<filter_id>/count", access=Access.SIGNED_IN)
def filter_count(visit: Visit, filter_id: str) -> ResponseReturnValue:
    """How much a saved filter finds for this person, for its chip."""
    asked = Asked.of(filter_for(visit.session, filter_id, actor=visit.person).asked)
    counted = count_inbox(
        visit.session, visit.person, tab=asked.tab, keyword=asked.keyword, narrowed=_narrowed(visit, asked)
    )
    return shown_count(counted.count) if not counted.partly else f"{counted.count}+"


def shown_count(count: int) -> str:
    """A count that was stopped says so."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def _found(visit: Visit, asked: Asked, limit: int) -> InboxPage:
    return inbox(
        visit.session,
        visit.person,
        tab=asked.tab,
        keyword=asked.keyword,
        narrowed=_narrowed(visit, asked),
        limit=limit,
        after=request.args.get("after"),
        now=visit.now,
    )


def _narrowed(visit: Visit, asked: Asked) -> Narrowed:
    return asked.narrowed(visit.session, visit.person, visit.now)


def _divisions(visit: Visit) -> list[tuple[str, str]]:
    """The townships and villages in which the person works, to choose from; none where there is nothing to choose."""
    roots = {grant.place for grant in visit.person.grants}
    found = {
        one.code: one.name for root in roots for one in subtree(visit.session, root) if len(one.code) > COUNTY_DIGITS
    }
    return sorted(found.items()) if len(found) > 1 else []


def _posts(visit: Visit) -> list[tuple[str, str]]:
    """The person's posts, with which a filter can be shared."""
    return [(f"{grant.role}@{grant.place}", words_of(visit.session, grant)) for grant in visit.person.grants]
