"""A consultation 个案会商 about an application: the reviewing departments disagree, and a meeting concludes for them.

The county's clock stands still meanwhile (domain.md P_D 5, P_I, DL-15). What such a meeting must keep beyond any other
stands here: who is invited and present, by when it meets, and what it may conclude.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cases import case_files, opinions
from cases.case_files import CaseStatus
from cases.roles import DEPARTMENTS
from engine.calendar import Calendar
from engine.store.session import Session

#: DL-15: a meeting is convened, and concludes, within so many working days of the finding [D].
CONVENE_WORKDAYS, CONCLUDE_WORKDAYS = 5, 10
MEETING_TYPE = "个案会商"
#: What the meeting may conclude: it binds the decision (P_D 6).
OUTCOMES = frozenset({"APPROVE", "REJECT"})
_CONVENE_BY = "consult_convene_by"


def begin(session: Session, case_id: str, *, day: date, calendar: Calendar) -> tuple[date, date]:
    """The departments were found to disagree on this day; by when the meeting is convened, and concludes."""
    convene_by = calendar.add_workdays(day, CONVENE_WORKDAYS).end
    case_files.add_facts(session, case_id, {_CONVENE_BY: convene_by})
    return convene_by, calendar.add_workdays(day, CONCLUDE_WORKDAYS).end


def is_under_way(session: Session, case_id: str) -> bool:
    """Whether the case waits for a consultation."""
    return bool(case_files.find_case(session, case_id)["status"] == CaseStatus.CONSULT)


def convene_by(session: Session, case_id: str) -> date | None:
    """The last day on which the meeting may be held; None where no consultation is under way."""
    found = case_files.find_case(session, case_id)
    day = found["facts"].get(_CONVENE_BY) if found["status"] == CaseStatus.CONSULT else None
    return day if isinstance(day, date) else None


def missing_reviewers(session: Session, case_id: str, present: Iterable[str]) -> list[str]:
    """The names of the reviewing departments that are not among those present: all of them must be, or must have given
    their opinion in writing (P_I 4)."""
    asked = [row["department"] for row in opinions.standing(session, case_id) if row["mode"] == opinions.REVIEW]
    return [DEPARTMENTS[code].name for code in asked if code not in set(present)]
