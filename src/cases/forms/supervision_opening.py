"""What opens a supervision, a lead and a major matter (P_J 1, 5; DL-38)."""

from __future__ import annotations

from datetime import timedelta

from cases import leads, supervisions
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from engine.domain import CaseRef


def open_supervision(opening: Opening) -> CaseRef:
    """Open a supervision, by the agenda each half-year or by a person.

    :raises SubmissionInvalid: a period that ends before it begins.
    """
    session, fields = opening.session, opening.fields
    period_from, period_to, named = fields["period_from"], fields["period_to"], str(fields["supervise_kind"])
    if period_to < period_from:
        raise refuse("period_to", "order", "督查期间的止日不能早于起日")
    subject = f"{named} {period_from:%Y-%m-%d} 至 {period_to:%Y-%m-%d}"
    opened = opening.open_named(subject, facts={"supervision_kind": named})
    supervisions.enter(
        session,
        opened.case_id,
        kind=named,
        cause=str(fields.get("cause") or ""),
        period_from=period_from,
        period_to=period_to,
    )
    return opened


def open_lead(opening: Opening) -> CaseRef:
    """Enter a complaint, a privacy incident or a false claim that somebody told of."""
    session, fields = opening.session, opening.fields
    named, unit = str(fields["lead_kind"]), str(fields["lead_unit"])
    opened = opening.open_named(
        f"督查线索 {named} {unit}",
        facts={"lead_kind": named, "lead_unit": unit, "lead_content": str(fields["lead_content"])},
    )
    leads.note(
        session,
        kind=named,
        unit=unit,
        content=str(fields["lead_content"]),
        persons=int(fields["persons"]),
        origin=f"case:{opened.case_id}",
        case_id=opened.case_id,
        now=opening.now,
    )
    return opened


def open_major(opening: Opening) -> CaseRef:
    """Open a major matter; its twenty-four hours run from the moment at which it was known (DL-38).

    :raises SubmissionInvalid: known in the future.
    """
    session, fields = opening.session, opening.fields
    matter, unit, known_at = str(fields["matter"]), str(fields["matter_unit"]), fields["known_at"]
    if known_at > opening.now:
        raise refuse("known_at", "not_after", "知悉时间不能晚于现在")
    report_due = known_at + timedelta(hours=supervisions.MAJOR_HOURS)
    opened = opening.open_named(
        f"重大情况 {matter} {unit}", facts={"matter": matter, "matter_unit": unit, "report_due": report_due}
    )
    supervisions.enter_matter(
        session, opened.case_id, matter=matter, unit=unit, known_at=known_at, report_due=report_due
    )
    return opened
