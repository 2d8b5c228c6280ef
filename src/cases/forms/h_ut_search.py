"""失踪快速查找: stays open until the child is found (P_H H1 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.forms.filing import Filing
from cases.forms.h_ut_dispatch import note_death


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter how the child was found."""
    if filing.text("found_condition") == "死亡":
        note_death(filing)
    return {"found_condition": filing.text("found_condition"), "need_medical": filing.flag("need_medical")}
