"""确定养育方式: how the child is brought up under 民政's guardianship (P_H H4 4, M15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing

#: The children's home.
HOME = "CWI"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the form of care, and as what the child is to be registered. The home, which settles it, has an item of the
    case from here on."""
    case_files.involve(filing.session, filing.case_id, (HOME,))
    case_files.add_facts(filing.session, filing.case_id, {"parents_state": filing.text("parents_state")})
    protection.change(
        filing.session, filing.case_id, stage="H4", outcome="LONG_TERM", care_form=filing.text("care_form")
    )
    return {}
