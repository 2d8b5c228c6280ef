"""转办事项跟踪: an item that was handed on is followed until its own scheme has decided (M10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases import benefits, case_files, children
from cases.benefits import benefit_item
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from engine.domain import CaseRef
from engine.store.session import Session

PENDING = "仍在办理"


def open_follow(opening: Opening) -> CaseRef:
    """Open what follows an item that was handed on, or that had to wait.

    :raises SubmissionInvalid: no such item, nothing is to be followed, or its scheme has decided.
    """
    session = opening.session
    query = select(benefit_item).where(benefit_item.c.id == int(opening.fields["item_no"]))
    item = session.execute(query).mappings().first()
    if item is None or not benefits.followed_apart(item) or item["scheme_result"] is not None:
        raise refuse("item_no", "item", "没有这个待跟踪的转办事项,请核对编号")
    found = children.find_child(session, item["child_id"])
    assert found is not None
    facts = {"follow_item": item["id"], "follow_dept": item["department"], "follow_title": item["title"]}
    opened = opening.open_for(found, facts=facts)
    if not found["sealed_hiv"]:
        case_files.involve(session, opened.case_id, [item["department"]])
    return opened


def result(filing: Filing) -> Mapping[str, Any]:
    """Enter what the scheme decided: from when, how much; or that it has not yet."""
    said = filing.text("outcome")
    if said != PENDING:
        item_id = int(case_files.find_case(filing.session, filing.case_id)["facts"]["follow_item"])
        values: dict[str, Any] = {
            **_of_what_waited(filing.session, item_id, said),
            "scheme_result": said,
            "scheme_result_on": filing.value("result_on"),
        }
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


def _of_what_waited(session: Session, item_id: int, said: str) -> Mapping[str, Any]:
    """What had to wait was not handed on: that it is there now, or is not to come, is the department's own result."""
    result = session.scalar(select(benefit_item.c.result).where(benefit_item.c.id == item_id))
    if result != benefits.NOT_YET:
        return {}
    return {"result": benefits.DELIVERED if said == benefits.TAKEN_IN else benefits.NOT_ENTITLED}


FOLLOW_FORMS: Mapping[str, Apply] = MappingProxyType({"e4_ut_follow": result})
