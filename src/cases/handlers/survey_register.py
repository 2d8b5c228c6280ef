"""Open a file for each child in difficulty that a survey found (P_A 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import children, surveys
from cases.idcard import birth_of, sex_of
from cases.search import search_key
from engine.calendar import county_day
from engine.domain import ServiceCall, ServiceError, Tools
from engine.store.session import Session


def survey_register(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """No parameters. A child that has a file keeps it; a second call finds every file there.

    A child without an id number is known by name, village and birth.
    """
    if call.case_id is None:
        raise ServiceError("建档需要一次摸底", retry=False)
    with tools.database.transaction() as session:
        for row in surveys.households(session, call.case_id):
            for found in row["children"]:
                if set(found["suspect_category"]) != {surveys.NO_DIFFICULTY}:
                    _open_file(session, found, call)
    return {}


def _open_file(session: Session, found: Mapping[str, Any], call: ServiceCall) -> None:
    idcard = str(found.get("idcard") or "").upper() or None
    birth = birth_of(idcard) if idcard else found.get("birth")
    place = str(found["hukou"])
    known = (
        children.find_by_idcard(session, idcard)
        if idcard
        else children.find_unnumbered(session, name=found["name"], birth=birth, hukou_code=place)
    )
    if known is not None:
        return
    child_id = children.open_file(
        session,
        name=found["name"],
        idcard=idcard,
        birth=birth,
        sex=sex_of(idcard) if idcard else None,
        hukou_code=place,
        search_key=search_key(found["name"]),
        actor_id="survey",
        now=call.now,
        day=county_day(call.now),
        no_id_reason=found.get("no_id_reason"),
        live_address=found.get("live_place"),
    )
    children.change(session, child_id, now=call.now, status=children.ChildStatus.SURVEYED)
