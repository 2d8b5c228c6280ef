"""书面交接: who took the child over, in writing (P_H H1 4, H5 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing

DEPARTMENT_OF = {"县未成年人救助保护中心": "CPC", "县儿童福利院": "CWI"}


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the handover; the clock of temporary guardianship runs from its instant. Where it could not wait for its
    papers, they are demanded afterwards (`papers_later`)."""
    receiver = filing.text("receiver_org")
    protection.enter(
        filing.session,
        protection.handover,
        filing.case_id,
        receiver_org=receiver,
        receiver_person=filing.text("receiver_person"),
        handed_at=filing.value("handover_at"),
        health_note=filing.text("health_note"),
        told_rights=filing.flag("told_rights"),
        by_id=filing.actor.id,
    )
    protection.change(filing.session, filing.case_id, stage="H2", placement=receiver)
    if receiver in DEPARTMENT_OF:
        case_files.involve(filing.session, filing.case_id, (DEPARTMENT_OF[receiver],))
    return {"handover_at": filing.value("handover_at"), "papers_later": filing.flag("papers_later")}
