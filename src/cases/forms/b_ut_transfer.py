"""移送: another township is competent; the file goes there and the applicant is told (P_B 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import documents, letters
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Write the letter that names the competent township."""
    to = filing.text("target_place")
    documents.write(
        filing.session,
        filing.case_id,
        documents.DocumentKind.TRANSFER,
        letters.transfer(letters.head_of(filing.session, filing.case_id, now=filing.now), to=to, day=filing.day),
        idempotency_key=f"form:{filing.submitted.task_id}",
        now=filing.now,
    )
    return {}
