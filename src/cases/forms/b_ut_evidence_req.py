"""提出补证要求: what evidence is needed, from whom and why; the township's clock stands still (P_B 9, DL-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, documents, letters
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing

EVIDENCE_WORKDAYS = 15


def apply(filing: Filing) -> Mapping[str, Any]:
    """Write the letter and stop the clock; it runs on when the evidence comes, or after fifteen working days."""
    session, case_id = filing.session, filing.case_id
    until = filing.calendar.add_workdays(filing.day, EVIDENCE_WORKDAYS).end
    body = letters.evidence(
        letters.head_of(session, case_id, now=filing.now),
        evidence=filing.text("evidence"),
        from_whom=filing.text("from_whom"),
        reason=filing.text("reason"),
        until=until,
        day=filing.day,
    )
    documents.write(
        session,
        case_id,
        documents.DocumentKind.EVIDENCE,
        body,
        idempotency_key=f"form:{filing.submitted.task_id}",
        now=filing.now,
    )
    case_files.add_facts(session, case_id, {"evidence_asked": filing.text("evidence"), "evidence_until": until})
    meet(session, case_id, DeadlineCode.VERIFY, now=filing.now)
    return {}
