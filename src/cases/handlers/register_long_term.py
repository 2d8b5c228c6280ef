"""民政 becomes guardian: the child's file names it, and its registration as C1 or C2 is given to the office (H4 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, children, meetings, protected_children, protection, reports
from cases.children import ChildStatus
from cases.idcard import birth_of, sex_of
from cases.search import search_key
from engine.calendar import county_day, default_calendar
from engine.domain import ServiceCall, Tools
from engine.errors import NotFound
from engine.store.session import Session

REGISTER_WORKDAYS = 5
_SYSTEM = "system"


def register_long_term(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Open or change the child's file, make 民政 the guardian, and have the office register the category."""
    case_id = call.case_for("登记")
    with tools.database.transaction() as session:
        row = case_files.find_case(session, case_id)
        category = row["facts"].get("parents_state") or "C2"
        child_id = protected_children.child_of(session, case_id) or _open(session, call, row["place"])
        if child_id is not None:
            case_files.change(session, case_id, child_id=child_id)
            children.change(session, child_id, now=call.now, categories=[category], primary_category=category)
            known = children.current_guardian(session, child_id)
            if known is None or known["relation"] != protection.CIVIL_AFFAIRS:
                children.set_guardian(
                    session, child_id, name="县民政局", idcard=None, phone=None, relation=protection.CIVIL_AFFAIRS
                )
        meetings.add_item(
            session,
            case_id,
            kind="登记",
            item_text=f"民政部门长期监护:按 {category} 办理认定登记{_archive(session, child_id)}",
            dept="MZJ",
            due_on=default_calendar().add_workdays(county_day(call.now), REGISTER_WORKDAYS).end,
            now=call.now,
            origin=call.idempotency_key,
        )
    return {}


def _archive(session: Session, child_id: str | None) -> str:
    """The file's number, by which the office finds the child whose protection case it does not see."""
    found = children.find_child(session, child_id) if child_id is not None else None
    return f"(档案编号 {found['archive_no']})" if found is not None and found["archive_no"] else ""


def _open(session: Session, call: ServiceCall, place: str) -> str | None:
    """A file for a child that had none; None while its name is not known."""
    try:
        told = reports.find_report(session, call.case_id or "")
    except NotFound:
        return None
    if not told["child_name"]:
        return None
    idcard = told["child_idcard"]
    child_id = children.open_file(
        session,
        name=told["child_name"],
        idcard=idcard,
        birth=birth_of(idcard) if idcard else None,
        sex=sex_of(idcard) if idcard else told["sex"],
        hukou_code=place,
        search_key=search_key(told["child_name"]),
        actor_id=_SYSTEM,
        now=call.now,
        day=county_day(call.now),
        no_id_reason=None if idcard else "身份待查",
    )
    children.change(session, child_id, now=call.now, status=ChildStatus.SURVEYED, no_publicity=True)
    return child_id
