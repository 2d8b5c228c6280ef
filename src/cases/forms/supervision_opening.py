"""What opens a supervision, a lead and a major matter (P_J 1, 5; DL-38)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cases import case_files, leads, supervisions
from cases.forms.filing import refuse
from cases.jurisdictions import COUNTY_DIGITS, subtree
from cases.search import search_key
from engine.access import Actor
from engine.calendar import Calendar
from engine.domain import CaseRef
from engine.store.session import Session


def _open(
    session: Session,
    *,
    process_key: str,
    kind: str,
    subject: str,
    facts: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    profile: str,
) -> CaseRef:
    """A case of the county as a whole."""
    place = subtree(session, digits=COUNTY_DIGITS)[0].code
    case_id = case_files.open_case(
        session,
        kind=kind,
        process_key=process_key,
        child_id=None,
        place=place,
        policy_profile=profile,
        facts=facts,
        actor=actor,
        now=now,
    )
    return CaseRef(case_id=case_id, place=place, subject=subject, search_key=search_key(subject))


def open_supervision(
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
    """Open a supervision, by the agenda each half-year or by a person.

    :raises SubmissionInvalid: a period that ends before it begins.
    """
    period_from, period_to, named = fields["period_from"], fields["period_to"], str(fields["supervise_kind"])
    if period_to < period_from:
        raise refuse("period_to", "order", "督查期间的止日不能早于起日")
    subject = f"{named} {period_from:%Y-%m-%d} 至 {period_to:%Y-%m-%d}"
    opened = _open(
        session,
        process_key=process_key,
        kind=kind,
        subject=subject,
        facts={"supervision_kind": named},
        actor=actor,
        now=now,
        profile=profile,
    )
    supervisions.enter(
        session,
        opened.case_id,
        kind=named,
        cause=str(fields.get("cause") or ""),
        period_from=period_from,
        period_to=period_to,
    )
    return opened


def open_lead(
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
    """Enter a complaint, a privacy incident or a false claim that somebody told of."""
    named, unit = str(fields["lead_kind"]), str(fields["lead_unit"])
    opened = _open(
        session,
        process_key=process_key,
        kind=kind,
        subject=f"督查线索 {named} {unit}",
        facts={"lead_kind": named, "lead_unit": unit, "lead_content": str(fields["lead_content"])},
        actor=actor,
        now=now,
        profile=profile,
    )
    leads.note(
        session,
        kind=named,
        unit=unit,
        content=str(fields["lead_content"]),
        persons=int(fields["persons"]),
        origin=f"case:{opened.case_id}",
        case_id=opened.case_id,
        now=now,
    )
    return opened


def open_major(
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
    """Open a major matter; its twenty-four hours run from the moment at which it was known (DL-38).

    :raises SubmissionInvalid: known in the future.
    """
    matter, unit, known_at = str(fields["matter"]), str(fields["matter_unit"]), fields["known_at"]
    if known_at > now:
        raise refuse("known_at", "not_after", "知悉时间不能晚于现在")
    report_due = known_at + timedelta(hours=supervisions.MAJOR_HOURS)
    opened = _open(
        session,
        process_key=process_key,
        kind=kind,
        subject=f"重大情况 {matter} {unit}",
        facts={"matter": matter, "matter_unit": unit, "report_due": report_due},
        actor=actor,
        now=now,
        profile=profile,
    )
    supervisions.enter_matter(
        session, opened.case_id, matter=matter, unit=unit, known_at=known_at, report_due=report_due
    )
    return opened
