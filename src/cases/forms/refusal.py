"""Returning papers with written reasons: the township's and the county's form do the same (P_B 11, 14)."""

from __future__ import annotations

from cases import case_files, children, decisions, documents, exits, letters, materials, other_county
from cases.deadlines import meet_all
from cases.forms.filing import Filing


def refuse_application(filing: Filing, kind: decisions.DecisionKind, signed: str) -> None:
    """Enter the decision, write the letter with both remedies, return the originals; copies stay in the file."""
    session, case_id = filing.session, filing.case_id
    row = case_files.find_case(session, case_id)
    served_on = filing.value("served_on") or filing.day
    returned = materials.return_all(session, case_id, on=served_on)
    reasons, until = filing.text("reasons"), decisions.limits(filing.calendar, served_on)
    decisions.decide(
        session,
        case_id,
        kind=kind,
        reason=reasons,
        decided_on=filing.day,
        policy_profile=row["policy_profile"],
        now=filing.now,
        signed_by=row["facts"].get("final_signer") or row["facts"].get("town_signer"),
        served_on=served_on,
        serve_mode=filing.text("service_mode") or None,
        until=until,
    )
    head = letters.head_of(session, case_id, now=filing.now)
    body = letters.refusal(
        head,
        reasons=reasons,
        returned=[materials.MATERIALS[code] for code in returned],
        signed=signed or head.issuer,
        until=until,
        day=filing.day,
    )
    documents.write(
        session,
        case_id,
        documents.DocumentKind.RETURN,
        body,
        idempotency_key=f"form:{filing.submitted.task_id}",
        now=filing.now,
    )
    other_county.ask_feedback(
        session,
        case_id,
        "不予认定",
        calendar=filing.calendar,
        now=filing.now,
        origin=f"form:{filing.submitted.task_id}",
    )
    meet_all(session, case_id, now=filing.now)
    children.leave_application(session, row["child_id"], now=filing.now)
    exits.end_transfer(session, case_id, now=filing.now)
