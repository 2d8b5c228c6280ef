"""Enter the benefits that tables D5, D7, D8 and D9 gave, one row each (domain.md P_E 1-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, benefits, case_files, sealed
from cases.case_files import CaseStatus
from engine.domain import ServiceCall, ServiceError, Tools

DELIVERY_WORKDAYS = 10


def open_items(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: items (list of benefit, title, dept, mode), decided_on, effective_month."""
    if call.case_id is None:
        raise ServiceError("待遇项目需要一个办件", retry=False)
    items = [
        benefits.Item(
            benefit=item["benefit"],
            title=sealed.outside_label(item["benefit"], item.get("title") or item["benefit"]),
            department=item["dept"],
            mode=item.get("mode") or benefits.DIRECT,
            amount=item.get("amount"),
        )
        for item in call.parameters["items"] or ()
    ]
    with tools.database.transaction() as session:
        row = case_files.find_case(session, call.case_id)
        benefits.open_items(
            session,
            call.case_id,
            row["child_id"],
            items,
            start_month=call.parameters["effective_month"],
            due_on=tools.calendar.add_workdays(call.parameters["decided_on"], DELIVERY_WORKDAYS).end,
            now=call.now,
        )
        applications.set_status(session, call.case_id, CaseStatus.DELIVERING)
    return {}
