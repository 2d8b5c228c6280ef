"""Set the notice's period and project it into the table of the public page (domain.md P_C 5, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, children, letters, notices
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from cases.jurisdictions import full_name
from cases.parameters import parameters
from engine.calendar import Roll, latest
from engine.domain import ServiceCall, ServiceError, Tools


def publish_notice(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: mode, min_wd, min_cd, posted_on, notice_until (its last day). A second call writes the same rows.

    Publishes nothing of an application that was withdrawn. Refuses a sealed file or a child at risk whatever the
    diagram says: a notice cannot be unread.
    """
    case_id = call.case_for("公示")
    wanted = call.parameters
    with tools.database.transaction() as session:
        if applications.taken_back(session, case_id):
            return {}
        row = case_files.find_case(session, case_id)
        known = children.find_child(session, row["child_id"]) if row["child_id"] else None
        child_at_risk = known is not None and known["no_publicity"]
        if row["sealed_hiv"] or row["no_publicity"] or child_at_risk:
            raise ServiceError("涉密档案或处于危险中的儿童不得公示", retry=False)
        notices.publish(
            session,
            case_id,
            mode=wanted["mode"],
            min_wd=int(wanted["min_wd"]),
            min_cd=int(wanted["min_cd"]),
            posted_on=wanted["posted_on"],
            notice_until=wanted["notice_until"],
            area=full_name(session, row["place"]),
            issuer=letters.issuer_of(session, row["place"]),
            objection_phone=parameters(session).objection_phone,
        )
        calendar = tools.calendar
        derivation = latest(
            (
                calendar.add_workdays(wanted["posted_on"], int(wanted["min_wd"])),
                calendar.add_calendar_days(wanted["posted_on"], int(wanted["min_cd"]), Roll.FORWARD),
            )
        )
        set_deadline(session, case_id, DeadlineCode.NOTICE, derivation, now=call.now)
        applications.set_status(session, case_id, CaseStatus.NOTICE)
    return {}
