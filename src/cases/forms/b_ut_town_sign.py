"""主要负责人签章: the township's opinion is given; its five working days are kept (P_B 10, DL-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note who signed and stop the township's clock."""
    meet(filing.session, filing.case_id, DeadlineCode.VERIFY, now=filing.now)
    case_files.add_facts(
        filing.session, filing.case_id, {"town_signed_on": filing.day, "town_signer": filing.actor.name}
    )
    return {}
