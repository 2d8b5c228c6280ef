"""送回领回: the guardian collects the child, or does not, and the council meets again (P_H H4 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protection
from cases.forms.filing import Filing

COLLECTED = "已领回"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Once collected, the case's outcome is the return; the visits of six months follow."""
    if filing.text("collected") == COLLECTED:
        protection.change(filing.session, filing.case_id, outcome="RETURN")
    return {"collected": filing.text("collected")}
