"""落实其他监护人: by order of law, agreement or designation (P_H H4 3, DL-33)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import children, protected_children, protection
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """The child's file names the new guardian."""
    child_id = protected_children.child_of(filing.session, filing.case_id)
    if child_id is not None:
        children.set_guardian(
            filing.session,
            child_id,
            name=filing.text("guardian_name"),
            idcard=filing.value("guardian_idcard"),
            phone=filing.value("guardian_phone"),
            relation=filing.text("relation"),
        )
    protection.change(filing.session, filing.case_id, outcome="OTHER_GUARDIAN")
    return {"other_way": filing.text("other_way"), "notified_on": filing.value("notified_on")}
