"""Whether a report 强制报告 is about a child whom a running case is about already (P_H H1 2: doubles are merged).

Such a report sends nobody out a second time by itself: the police is told at once, and the desk, within the minutes of
the report's level, joins it or says why it is an emergency of its own. What is not surely the same child, a child that
is at home again, and a life in danger where a child was placed go their own way as ever: a double too many costs a
drive, one too few may cost a life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, exists, false, func, or_, select

from cases import reports
from cases.case_files import case_file
from cases.protection import intervention_case
from cases.reports import report
from cases.roles import PROTECTION_KINDS
from engine.calendar import county_day, end_of_day
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task

#: While one of these is open, the police is with the child or on its way.
WITH_POLICE = ("h_ut_dispatch", "h_ut_search", "h_ut_hospital", "h_ut_handover")
WITH_TOWNSHIP = "h_ut_town_check"
#: A child that its guardian has collected is in nobody's care but the guardian's.
COLLECTED = "RETURN"
_YEAR = 1  #: an age that was guessed


@dataclass(frozen=True, kw_only=True)
class Running:
    """The case that is about the child already."""

    case_id: str
    number: str  #: of its report; of the intervention where the case began with none
    in_care: bool  #: handed over to a relative or an institution

    def answers(self, flags: Mapping[str, bool]) -> bool:
        """Whether nobody needs to be sent out for a report with these flags before the desk has decided."""
        return not (self.in_care and reports.is_direct(flags))

    @property
    def in_words(self) -> str:
        """For the desk."""
        return f"{self.number}({'儿童已安置,监护个案在办' if self.in_care else '正在处置'})"


@dataclass(frozen=True, kw_only=True)
class Told:
    """Who the child is, as far as a report or the desk says."""

    case_id: str  #: the report's own
    child_id: str | None
    idcard: str | None
    name: str | None
    place: str
    age: int | None
    at: datetime
    level: str


def running_case(session: Session, told: Told) -> Running | None:
    """The open case of the same child that makes a dispatch of its own needless: the child is in care, or somebody was
    sent to it on the same day. By the id number or the file; on the same day by name, village and age too."""
    known = _known_by_number(told)
    day = _of_same_day(told)
    found = session.execute(
        select(case_file.c.id, report.c.report_no, intervention_case.c.case_no, _IN_CARE.label("in_care"))
        .select_from(case_file)
        .join(intervention_case, intervention_case.c.case_id == case_file.c.id)
        .outerjoin(report, report.c.case_id == case_file.c.id)
        .where(
            case_file.c.kind.in_(PROTECTION_KINDS),
            case_file.c.closed_at.is_(None),
            case_file.c.id != told.case_id,
            report.c.merged_into.is_(None),
            or_(and_(known, _IN_CARE), and_(day, or_(known, _described(told)), or_(_IN_CARE, _sent_to(told)))),
        )
        .order_by(case_file.c.opened_at.desc(), case_file.c.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    return Running(case_id=found.id, number=found.report_no or found.case_no, in_care=bool(found.in_care))


_IN_CARE = and_(
    intervention_case.c.placement.is_not(None),
    or_(intervention_case.c.outcome.is_(None), intervention_case.c.outcome != COLLECTED),
)


def _known_by_number(told: Told) -> ColumnElement[bool]:
    numbers = [func.upper(report.c.child_idcard) == told.idcard.upper()] if told.idcard else []
    files = [case_file.c.child_id == told.child_id] if told.child_id else []
    return or_(false(), *numbers, *files)


def _of_same_day(told: Told) -> ColumnElement[bool]:
    end = end_of_day(county_day(told.at))
    return and_(report.c.reported_at >= end - timedelta(days=1), report.c.reported_at < end)


def _described(told: Told) -> ColumnElement[bool]:
    """Name, village and age; two id numbers that differ are two children, whatever else is alike."""
    name = (told.name or "").strip()
    if not name:
        return false()
    clauses: list[ColumnElement[bool]] = [func.trim(report.c.child_name) == name, case_file.c.place == told.place]
    if told.age is not None:
        age = report.c.approx_age
        clauses.append(or_(age.is_(None), age.between(told.age - _YEAR, told.age + _YEAR)))
    if told.idcard:
        number = report.c.child_idcard
        clauses.append(or_(number.is_(None), func.upper(number) == told.idcard.upper()))
    return and_(*clauses)


def _sent_to(told: Told) -> ColumnElement[bool]:
    """Somebody is with the child or on the way; the township's check is enough for a report of the lowest level."""
    enough = (*WITH_POLICE, WITH_TOWNSHIP) if told.level == "L3" else WITH_POLICE
    return exists().where(
        user_task.c.case_id == case_file.c.id, user_task.c.element_id.in_(enough), user_task.c.status == OPEN
    )


def told_by(row: RowMapping | Mapping[str, Any], *, case: Mapping[str, Any], level: str, **known: Any) -> Told:
    """What a report's row says of its child; `known` is what the desk says better."""
    values = {
        "child_id": case["child_id"],
        "idcard": row["child_idcard"],
        "name": row["child_name"],
        **{name: value for name, value in known.items() if value},
    }
    return Told(
        case_id=row["case_id"], place=case["place"], age=row["approx_age"], at=row["reported_at"], level=level, **values
    )


def find_running(session: Session, number: str) -> Running | None:
    """The case of this number, of a report or of an intervention that began with none; None where there is none."""
    case_id = reports.case_of(session, number)
    query = select(case_file.c.id, _IN_CARE.label("in_care")).join(
        intervention_case, intervention_case.c.case_id == case_file.c.id
    )
    wanted = case_file.c.id == case_id if case_id is not None else intervention_case.c.case_no == number
    found = session.execute(query.where(wanted)).first()
    return None if found is None else Running(case_id=found.id, number=number, in_care=bool(found.in_care))
