"""落实情况回访: what the child really got, thirty days on (P_E 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, children, sealed, verifications
from cases.case_files import CaseStatus
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the visit; the child is under protection from here on."""
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    gaps = [str(line["gap"]) for line in filing.value("items") or () if line.get("gap")]
    row = case_files.find_case(filing.session, filing.case_id)
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="回访",
        found=filing.submitted.fields,
        opinion="有差距" if gaps else "无差距",
        reason=";".join(gaps) or filing.text("note"),
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )
    children.change(filing.session, row["child_id"], now=filing.now, status=children.ChildStatus.PROTECTED)
    applications.set_status(filing.session, filing.case_id, CaseStatus.PROTECTED)
    return {}
