"""转办事项跟踪: an item that was handed on is followed until its own scheme has decided (M10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases import benefits, case_files, children
from cases.benefits import benefit_item
from cases.forms.filing import Apply, Filing, refuse
from cases.privacy import mask_child_name
from cases.search import search_key
from engine.access import Actor
from engine.calendar import Calendar
from engine.domain import CaseRef
from engine.store.session import Session

PENDING = "仍在办理"


def open_follow(
    session: Session,
    *,
    process_key: str,
    kind: str,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    calendar: Calendar,  # noqa: ARG001 - of the seam
    profile: str,
) -> CaseRef:
    """Open what follows an item.

    :raises SubmissionInvalid: no such item, it was not handed on, or its scheme has decided.
    """
    query = select(benefit_item).where(benefit_item.c.id == int(fields["item_no"]))
    item = session.execute(query).mappings().first()
    if item is None or item["result"] != benefits.PASSED_ON or item["scheme_result"] is not None:
        raise refuse("item_no", "item", "没有这个待跟踪的转办事项,请核对编号")
    found = children.find_child(session, item["child_id"])
    assert found is not None
    case_id = case_files.open_case(
        session,
        kind=kind,
        process_key=process_key,
        child_id=found["id"],
        place=found["hukou_code"],
        policy_profile=profile,
        facts={"follow_item": item["id"], "follow_dept": item["department"], "follow_title": item["title"]},
        actor=actor,
        now=now,
        sealed_hiv=found["sealed_hiv"],
    )
    if not found["sealed_hiv"]:
        case_files.involve(session, case_id, [item["department"]])
    return CaseRef(
        case_id=case_id,
        place=found["hukou_code"],
        subject=mask_child_name(found["name"]),
        search_key=search_key(found["name"]),
    )


def result(filing: Filing) -> Mapping[str, Any]:
    """Enter what the scheme decided: from when, how much; or that it has not yet."""
    said = filing.text("outcome")
    if said != PENDING:
        item_id = int(case_files.find_case(filing.session, filing.case_id)["facts"]["follow_item"])
        values: dict[str, Any] = {"scheme_result": said, "scheme_result_on": filing.value("result_on")}
        if filing.text("scheme_ref"):
            values["scheme_ref"] = filing.text("scheme_ref")
        if filing.text("from_month"):
            values["start_month"] = filing.text("from_month")
        if filing.value("scheme_amount") is not None:
            values |= {"amount": filing.value("scheme_amount"), "standard_key": None}
        if filing.text("reason"):
            values["reason"] = filing.text("reason")
        benefits.record_result(filing.session, item_id, **values)
    return {"outcome": said}


FOLLOW_FORMS: Mapping[str, Apply] = MappingProxyType({"e4_ut_follow": result})
