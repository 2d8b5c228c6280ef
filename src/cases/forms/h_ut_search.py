"""失踪快速查找: stays open until the child is found (P_H H1 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.forms.filing import Filing
from cases.forms.h_ut_dispatch import note_death, note_reported_harm


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter how the child was found; a death or a grave injury is a major matter (DL-38)."""
    condition = filing.text("found_condition")
    if condition == "死亡":
        note_death(filing)
    note_reported_harm(filing, condition)
    return {"found_condition": condition, "need_medical": filing.flag("need_medical")}
