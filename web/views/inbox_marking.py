"""What a person notes beside the ticked tasks of the own inbox."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from cases.inbox_marks import Priority, mark_task
from engine.calendar import county_day
from engine.errors import FieldProblem, SubmissionInvalid
from web.bulk import on_each
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.inbox_deeds import ticked, told_of

pages = Blueprint("inbox_marking", __name__, url_prefix="/inbox")


@page(pages, "/mark", methods=("POST",), access=Access.SIGNED_IN)
def mark(visit: Visit) -> ResponseReturnValue:
    """Note a day to come back, and how pressing they are, beside each of the ticked tasks: for oneself."""
    priority, follow_on = _priority(request.form.get("mark_priority", "")), _day(request.form.get("mark_follow", ""))
    today = county_day(visit.now)
    outcomes = on_each(
        visit,
        ticked(),
        lambda task_id: mark_task(
            visit.session, task_id, follow_on=follow_on, priority=priority, actor=visit.person, today=today
        ),
    )
    return told_of(outcomes, _("标记"), _("已标记 {count} 项。", count=len(outcomes)))


def _priority(given: str) -> Priority:
    return Priority(given) if given in set(Priority) else Priority.PLAIN


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        message = "跟进日期请按 2025-10-14 的样子填写"
        raise SubmissionInvalid([FieldProblem(field="mark_follow", rule="date", message=message)]) from error
