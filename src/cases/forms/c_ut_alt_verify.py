"""替代核实: verified by comparison and in confidence instead of a notice (P_C 2, M9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, verifications
from cases.case_files import CaseStatus
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter what was found, of what open objections say too. Gives the conclusion and its day."""
    conclusion = filing.text("conclusion")
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="替代核实",
        found=filing.submitted.fields,
        opinion=conclusion,
        reason=filing.text("reason"),
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )
    applications.set_status(filing.session, filing.case_id, CaseStatus.SUBSTITUTE)
    return {"conclusion": conclusion, "alt_on": filing.day}
