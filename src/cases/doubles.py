"""A second report of a child whom a running case is about: recognised when it comes, joined by the desk (P_H H1 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cases import case_files, meetings, reports
from cases.hastening import hasten_dispatch
from cases.police_news import tell_police
from cases.same_child import Running, running_case, told_by
from engine.access import Actor
from engine.calendar import Calendar, county_day, county_minute
from engine.store.session import Session

KIND, CHECK_WORKDAYS = "并案核实", 1


def recognise(
    session: Session, case_id: str, flags: Mapping[str, bool], *, calendar: Calendar, actor: Actor, now: datetime
) -> bool:
    """Note the running case of the report's child, and tell the police, which goes out earlier if the new report is
    graver. Returns whether nobody is sent out for this report until the desk has decided."""
    found, case = reports.find_report(session, case_id), case_files.find_case(session, case_id)
    level = reports.level_of(flags)
    running = running_case(session, told_by(found, case=case, level=level))
    if running is None:
        return False
    reports.change(session, case_id, same_as=running.number)
    if not running.answers(flags):
        return False
    due = _hurried(session, running, reports.minutes_of(flags, level), calendar=calendar, actor=actor, now=now)
    reports.change(session, case_id, police_informed_at=now)
    case_files.involve(session, case_id, ("GAJ",))
    tell_police(
        session,
        case_id,
        place=case["place"],
        cause=f"police-double:{case_id}",
        body=f"报告 {found['report_no']}:与在办个案 {running.number} 可能是同一名儿童,由值班员研判,暂不另行出警。{due}",
        now=now,
    )
    return True


def join(
    session: Session, running: Running, *, number: str, minutes: int, calendar: Calendar, actor: Actor, now: datetime
) -> None:
    """The desk joined the report of this number to the running case: whoever is on the way goes earlier if it is
    graver; where the child is in care already, somebody looks after it (an item of the desk, the same once)."""
    due = _hurried(session, running, minutes, calendar=calendar, actor=actor, now=now)
    if due:
        tell_police(
            session,
            running.case_id,
            place=case_files.find_case(session, running.case_id)["place"],
            cause=f"police-joined:{number}",
            body=f"报告 {running.number}:并入更紧急的报告 {number}。{due}",
            now=now,
        )
    if running.in_care:
        meetings.add_item(
            session,
            running.case_id,
            kind=KIND,
            item_text=f"报告 {number} 并入 {running.number}:儿童已在安置中,请核实其安全和报告所述情况",
            dept="MZJ",
            due_on=calendar.add_workdays(county_day(now), CHECK_WORKDAYS).end,
            origin=f"double:{number}",
            now=now,
        )


def _hurried(
    session: Session, running: Running, minutes: int, *, calendar: Calendar, actor: Actor, now: datetime
) -> str:
    due = hasten_dispatch(session, running.case_id, minutes, calendar=calendar, actor=actor, now=now)
    return "" if due is None else f"出警处置时限缩短至 {county_minute(due)},请立即处置。"
