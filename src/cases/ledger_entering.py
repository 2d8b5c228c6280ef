"""Opening many files at once, as a ledger that is loaded tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from cases import children
from cases.case_facts import primary_category
from cases.children import child, child_education, guardian
from cases.jurisdictions import town_of
from cases.ledger_rows import NewChild
from cases.search import search_key
from engine.access import Actor
from engine.calendar import county_day
from engine.store.identifiers import new_id
from engine.store.session import Session


def enter_children(
    session: Session, by_line: Mapping[int, NewChild], *, actor: Actor, now: datetime
) -> Mapping[int, str]:
    """Open a file for each child, all at once; line of the sheet to the child's id."""
    if not by_line:
        return {}
    told = list(by_line.items())
    numbers = children.archive_numbers(session, told[0][1].hukou_code, county_day(now))
    ids = {line: new_id(now) for line, _new in told}
    files = [_file(new, ids[line], number, actor, now) for (line, new), number in zip(told, numbers, strict=False)]
    session.execute(insert(child), files)
    carers = [{"child_id": ids[line], "is_current": True, **new.guardian} for line, new in told if new.guardian]
    if carers:
        session.execute(insert(guardian), carers)
    schools = [
        {"child_id": ids[line], "stage": None, "school": None, **new.schooling} for line, new in told if new.schooling
    ]
    if schools:
        session.execute(insert(child_education), schools)
    return ids


def _file(new: NewChild, child_id: str, archive_no: str, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": child_id,
        "archive_no": archive_no,
        "name": new.name,
        "idcard": new.idcard,
        "no_id_reason": None if new.idcard else new.no_id_reason,
        "sex": new.sex,
        "birth": new.birth,
        "ethnic": new.ethnic,
        "hukou_code": new.hukou_code,
        "town_code": town_of(new.hukou_code),
        "live_address": new.live_address,
        "categories": list(new.categories),
        "primary_category": primary_category(new.categories),
        "status": new.status,
        "enrolled_on": new.enrolled_on,
        "effective_month": new.effective_month,
        "sealed_hiv": False,
        "no_publicity": False,
        "search_key": search_key(new.name),
        "demo": False,
        "created_at": now,
        "created_by": actor.id,
        "updated_at": now,
        "version": 1,
    }
