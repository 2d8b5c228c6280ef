"""Enter the benefits that tables D5, D7, D8 and D9 gave, one row each (domain.md P_E 1-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, benefits, case_files, exits, sealed
from cases.case_files import CaseStatus
from engine.domain import ServiceCall, ServiceError, Tools

DELIVERY_WORKDAYS = 10


def open_items(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: items (list of benefit, title, dept, mode; of a living allowance also amount, standard_key, pay_mode,
    already, stops_others), decided_on, effective_month. A full allowance ends the one that ran, from the same month."""
    if call.case_id is None:
        raise ServiceError("待遇项目需要一个办件", retry=False)
    items = [
        benefits.Item(
            benefit=item["benefit"],
            title=sealed.outside_label(item["benefit"], item.get("title") or item["benefit"]),
            department=item["dept"],
            mode=item.get("mode") or benefits.DIRECT,
            amount=item.get("amount"),
            standard_key=_known_standard(item),
            pay_mode=item.get("pay_mode"),
            already=item.get("already"),
        )
        for item in call.parameters["items"] or ()
    ]
    with tools.database.transaction() as session:
        row = case_files.find_case(session, call.case_id)
        if any(item.get("stops_others") for item in call.parameters["items"] or ()) and not benefits.items_of(
            session, call.case_id
        ):
            exits.stop_items(session, row["child_id"], call.parameters["effective_month"], living_only=True)
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


def _known_standard(item: Mapping[str, Any]) -> str | None:
    """The standard that the amount follows; what a household's list or a single decision pays follows none."""
    key = item.get("standard_key")
    return None if key in (None, "-", "CASE") or item.get("pay_mode") == benefits.BY_HOUSEHOLD else str(key)
