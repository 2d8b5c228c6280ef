"""Ask the applicant of a sealed file for what the sealed reviewers miss (P_D 4, M2): nobody in a township is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import documents, letters, opinions
from cases.deadlines import DeadlineCode, meet
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools

WAIT_WORKDAYS = 15


def ask_applicant(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter and stop the county's clock; a second call writes no second letter."""
    case_id = call.case_for("补充材料告知")
    day = county_day(call.now)
    with tools.database.transaction() as session:
        asked = [
            str(row["reason"]) for row in opinions.standing(session, case_id) if row["opinion"] == opinions.SUPPLEMENT
        ]
        body = letters.ask_for_more(
            letters.head_of(session, case_id, now=call.now),
            asked,
            day=day,
            until=tools.calendar.add_workdays(day, WAIT_WORKDAYS).end,
        )
        documents.write(
            session,
            case_id,
            documents.DocumentKind.EVIDENCE,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )
        meet(session, case_id, DeadlineCode.COUNTY, now=call.now)
    return {}
