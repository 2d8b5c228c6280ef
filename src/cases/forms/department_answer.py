"""A department's answer: opinions (R) and fact checks (V) are entered alike (P_D 2)."""

from __future__ import annotations

from cases import opinions
from cases.forms.filing import Filing


def enter_answer(filing: Filing) -> None:
    """Write the answer into the department's open row."""
    opinions.answer(
        filing.session,
        filing.case_id,
        filing.department,
        given=filing.text("opinion"),
        reason=filing.text("reason"),
        answers=filing.submitted.fields,
        original_seen=False,
        actor=filing.actor,
        now=filing.now,
    )
