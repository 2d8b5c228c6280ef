"""What a person does from the inbox: many tasks at once, filters with a name, and the columns."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import inbox_filters, people
from engine.access import Grant
from engine.commands.claim_task import claim_task
from engine.commands.reasons import require_reason
from engine.errors import NotAllowed, NotFound, Refused
from engine.queries.task import TaskView, task
from web.answers import sent_on
from web.bulk import MOST_AT_ONCE, ItemOutcome, on_each
from web.inbox_asking import Asked
from web.language import translate as _
from web.loans import last_day, loan_days
from web.routes import Access, page
from web.transaction import Visit
from web.views.handovers import colleagues, lend
from web.views.home import own_address

pages = Blueprint("inbox_deeds", __name__, url_prefix="/inbox")


@page(pages, "/claim", methods=("POST",), access=Access.SIGNED_IN)
def claim(visit: Visit) -> ResponseReturnValue:
    """Take each of the ticked tasks."""
    outcomes = on_each(
        visit, ticked(), lambda task_id: claim_task(visit.session, task_id, actor=visit.person, now=visit.now)
    )
    return told_of(outcomes, _("批量领取"), _("已领取 {count} 项,由您办理。", count=len(outcomes)))


@page(pages, "/assign", access=Access.SIGNED_IN)
def choose_holder(visit: Visit) -> ResponseReturnValue:
    """The ticked tasks, and the colleagues who may do every one of them."""
    views = _views(visit)
    if not views:
        raise NotFound("没有选中的事项")
    return render_template(
        "inbox_assign.html", tasks=views, colleagues=_of_all(visit, views), back=_back(), **loan_days(visit.now)
    )


@page(pages, "/assign", methods=("POST",), access=Access.SIGNED_IN)
def assign(visit: Visit) -> ResponseReturnValue:
    """Hand each of the ticked tasks to one colleague."""
    reason, until = require_reason(request.form.get("reason", "")), last_day(request.form.get("until", ""))
    chosen = people.find_person(visit.session, request.form.get("to_user", ""))
    if chosen is None or not chosen.active:
        raise NotFound("没有这位同事")

    outcomes = on_each(visit, ticked(), lambda task_id: lend(visit, task_id, chosen, reason=reason, until=until))
    told = _("已将 {count} 项转给 {name}。", count=len(outcomes), name=chosen.name)
    return told_of(outcomes, _("批量转办"), told)


@page(pages, "/filters", methods=("POST",), access=Access.SIGNED_IN)
def save_filter(visit: Visit) -> ResponseReturnValue:
    """Keep the present question under a name."""
    asked = Asked.of(request.form).address
    role, _at, place = request.form.get("share", "").partition("@")
    inbox_filters.save_filter(
        visit.session,
        request.form.get("name", ""),
        asked,
        share_with=Grant(role=role, place=place) if role else None,
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已保存筛选,点名字即可再用。"))
    return sent_on(f"{url_for('inbox.todo')}?{urlencode(asked)}")


@page(pages, "/filters/<filter_id>/remove", methods=("POST",), access=Access.SIGNED_IN)
def remove_filter(visit: Visit, filter_id: str) -> ResponseReturnValue:
    """Take one of the own filters away."""
    inbox_filters.remove_filter(visit.session, filter_id, actor=visit.person)
    flash(_("已删除筛选。"))
    return sent_on(_back())


@page(pages, "/columns", methods=("POST",), access=Access.SIGNED_IN)
def columns(visit: Visit) -> ResponseReturnValue:
    """Remember which columns the person reads."""
    inbox_filters.choose_columns(visit.session, request.form.getlist("column"), actor=visit.person)
    return sent_on(_back())


def ticked() -> list[str]:
    ids = list(dict.fromkeys(request.values.getlist("task")))
    if not ids:
        raise Refused(_("请先勾选事项,再选要做的操作。"))
    if len(ids) > MOST_AT_ONCE:
        raise Refused(_("一次最多处理 {count} 项,请分几次办理。", count=MOST_AT_ONCE))
    return ids


def _back() -> str:
    return own_address(request.values.get("back"), url_for("inbox.todo"))


def told_of(outcomes: list[ItemOutcome], title: str, all_done: str) -> ResponseReturnValue:
    """Back to the list when all went well, else each item's outcome."""
    if all(each.done for each in outcomes):
        flash(all_done)
        return sent_on(_back())
    return render_template("inbox_outcomes.html", outcomes=outcomes, title=title, back=_back())


def _views(visit: Visit) -> list[TaskView]:
    """The ticked tasks that the person may do; of the others nothing is told."""
    found: list[TaskView] = []
    for task_id in ticked():
        try:
            found.append(task(visit.session, visit.person, task_id))
        except (NotFound, NotAllowed):
            continue
    return found


def _of_all(visit: Visit, views: list[TaskView]) -> list[people.Person]:
    holders = {(view.role, view.place, view.department): colleagues(visit, view) for view in views}
    first, *rest = holders.values()
    return [one for one in first if all(one in each for each in rest)]
