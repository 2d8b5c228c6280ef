"""Until when a task may be lent to a colleague, and what the form's date says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from engine.calendar import county_day, end_of_day
from engine.commands.delegate_task import LONGEST
from engine.errors import FieldProblem, SubmissionInvalid


def loan_days(now: datetime) -> Mapping[str, str]:
    """The first and the last day until which a task may be lent, and a week as the usual one."""
    days = {"lend_from": 0, "lend_until": LONGEST.days - 1, "lend_default": 7}
    return {name: (county_day(now) + timedelta(days=count)).isoformat() for name, count in days.items()}


def last_day(text: str) -> datetime:
    """The end of the day until which the task is lent.

    :raises SubmissionInvalid: no date.
    """
    try:
        return end_of_day(date.fromisoformat(text))
    except ValueError as error:
        message = "请填写转办截止日期"
        raise SubmissionInvalid([FieldProblem(field="until", rule="date", message=message)]) from error
