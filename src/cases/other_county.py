"""跨省通办 received: another county took the application in and sent it here (domain.md 1.5, DL-37). Township and
county have fifteen working days each, and the place that took it in is told the outcome within three."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases import case_files, meetings
from engine.calendar import Calendar, county_day
from engine.store.session import Session

#: The facts of the case: that it came so, whence, and under which number there.
FROM_OUTSIDE, OFFICE, NUMBER = "from_outside", "outside_office", "outside_no"
VERIFY_WORKDAYS, FEEDBACK_WORKDAYS = 15, 3
_BUREAU = "MZJ"


def facts_of(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the start form tells of it; nothing of an application that was handed in here."""
    if fields.get(FROM_OUTSIDE) is not True:
        return {}
    return {FROM_OUTSIDE: True, OFFICE: fields.get(OFFICE), NUMBER: fields.get(NUMBER)}


def is_from_outside(session: Session, case_id: str) -> bool:
    """Whether another county sent this application."""
    return case_files.find_case(session, case_id)["facts"].get(FROM_OUTSIDE) is True


def ask_feedback(
    session: Session, case_id: str, outcome: str, *, calendar: Calendar, now: datetime, origin: str
) -> None:
    """Give the bureau the item to tell the place that took the application in; nothing of any other application.

    :param outcome: what became of it, in a word: 已认定, 不予认定 …
    :param origin: of the step that ended it; the same one twice enters one item.
    """
    facts = case_files.find_case(session, case_id)["facts"]
    if facts.get(FROM_OUTSIDE) is not True:
        return
    number = f"(对方编号 {facts[NUMBER]})" if facts.get(NUMBER) else ""
    meetings.add_item(
        session,
        case_id,
        kind="反馈",
        item_text=f"向代收地{facts.get(OFFICE) or ''}{number}反馈审批结果:{outcome}。登记反馈日期、方式和回执。",
        dept=_BUREAU,
        due_on=calendar.add_workdays(county_day(now), FEEDBACK_WORKDAYS).end,
        now=now,
        origin=f"outside:{origin}",
    )
