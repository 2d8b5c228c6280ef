"""登记救济: a review, a lawsuit or a petition against a decision (P_K)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, insert

from cases import appeals, case_files, decisions, sealed
from cases.appeals import Remedy
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from cases.jurisdictions import county_of
from cases.roles import PROTECTION_KINDS
from cases.veils import veil
from engine.domain import CaseRef
from engine.store.identifiers import new_id
from engine.store.session import Session


def open_appeal(opening: Opening) -> CaseRef:
    """Open the appeal's case beside the one that it is about.

    :raises SubmissionInvalid: no such decision, or the defence would be due before the papers came.
    """
    session, fields = opening.session, opening.fields
    decided = decisions.find_by_number(session, str(fields.get("decision_no") or "").strip())
    if decided is None:
        raise refuse("decision_no", "unknown", "没有找到这个文号的决定,请核对文书上的文号")
    received_on: date = fields["received_on"]
    if decided["served_on"] is None:
        raise refuse("decision_no", "not_served", "这个决定还没有送达,救济期限尚未起算;请先登记送达,再登记救济")
    if received_on < decided["served_on"]:
        served = f"{decided['served_on']:%Y-%m-%d}"
        raise refuse("received_on", "not_before", f"收到日期不能早于决定的送达日期 {served}")
    if fields["defence_due"] < received_on:
        raise refuse("defence_due", "order", "答复期限不能早于收到日期")
    row = case_files.find_case(session, decided["case_id"])
    if row["sealed_hiv"] and not sealed.is_handler(opening.actor):
        raise refuse("decision_no", "unknown", "没有找到这个文号的决定,请核对文书上的文号")
    # What is taken against a protection case's decision stands in no list of its village, township or child (M1).
    protects = row["kind"] in PROTECTION_KINDS
    place = county_of(row["place"]) if protects else row["place"]
    case_id = opening.open_case(
        child_id=None if protects else row["child_id"],
        place=place,
        facts={"decision_no": decided["no"]},
        sealed_hiv=row["sealed_hiv"],
    )
    _enter(session, case_id, decided, fields, opening.now)
    return CaseRef(
        case_id=case_id,
        place=place,
        subject=f"{fields['remedy']} {decided['no']}",
        search_key=str(decided["no"]),
        confidential=row["sealed_hiv"],
    )


def _enter(session: Session, case_id: str, decided: RowMapping, fields: Mapping[str, Any], now: datetime) -> None:
    """Write the row; whether it came in time is noted, not judged: that is for the body that decides."""
    received_on: date = fields["received_on"]
    until = {Remedy.REVIEW: decided["review_until"], Remedy.LAWSUIT: decided["lawsuit_until"]}.get(fields["remedy"])
    session.execute(
        insert(appeals.appeal).values(
            id=new_id(now),
            case_id=case_id,
            decision_id=decided["id"],
            remedy=fields["remedy"],
            received_on=received_on,
            body=fields["body"],
            **veil(session, appeals.appeal, {"claim": fields["claim"]}, case_id=case_id),
            defence_due=fields["defence_due"],
            in_time=None if until is None else received_on <= until,
        )
    )
