"""Enter the benefits that tables D5, D7, D8 and D9 gave, one row each (domain.md P_E 1-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cases import applications, benefits, bodies, case_files, exits, plan_changes, sealed
from cases.case_files import CaseStatus
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools
from engine.store.session import Session


def open_items(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: items (list of benefit, title, dept, mode; of a living allowance also amount, standard_key, pay_mode,
    already, stops_others), decided_on, effective_month, changes (`plan_changes`). A full allowance ends the one that
    ran, from the same month. Returns `deliveries`: each department with its items' titles."""
    case_id = call.case_for("待遇项目")
    with tools.database.transaction() as session:
        row = case_files.find_case(session, case_id)
        if any(item.get("stops_others") for item in call.parameters["items"] or ()) and not benefits.items_of(
            session, case_id
        ):
            exits.stop_items(session, row["child_id"], call.parameters["effective_month"], living_only=True)
        benefits.open_items(
            session,
            case_id,
            row["child_id"],
            _planned(session, call, sealed_hiv=row["sealed_hiv"]),
            start_month=call.parameters["effective_month"],
            due_on=tools.calendar.add_workdays(call.parameters["decided_on"], benefits.DELIVERY_WORKDAYS).end,
            now=call.now,
        )
        applications.set_status(session, case_id, CaseStatus.DELIVERING)
        opened = benefits.items_of(session, case_id)
    return {"deliveries": benefits.by_department(opened)}


def _planned(session: Session, call: ServiceCall, *, sealed_hiv: bool) -> list[benefits.Item]:
    """The tables' items, each with the body that does it today, as the county changed them; the outside reads one label
    for three schemes (M2)."""
    given, today = call.parameters, county_day(call.now)
    items = [
        benefits.Item(
            benefit=item["benefit"],
            title=item.get("title") or item["benefit"],
            department=item["dept"] if sealed_hiv else bodies.body_for(session, item["dept"], item["benefit"], today),
            mode=item.get("mode") or benefits.DIRECT,
            amount=item.get("amount"),
            standard_key=_known_standard(item),
            pay_mode=item.get("pay_mode"),
            already=item.get("already"),
        )
        for item in given["items"] or ()
    ]
    changes = plan_changes.read(given.get("changes"))
    planned = plan_changes.changed(items, changes, one_department=sealed.MZJ if sealed_hiv else None)
    return [replace(item, title=sealed.outside_label(item.benefit, item.title)) for item in planned]


def _known_standard(item: Mapping[str, Any]) -> str | None:
    """The standard that the amount follows; what a household's list or a single decision pays follows none."""
    key = item.get("standard_key")
    return None if key in (None, "-", "CASE") or item.get("pay_mode") == benefits.BY_HOUSEHOLD else str(key)
