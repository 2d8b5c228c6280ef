"""退回材料并书面说明理由 by the township (P_B 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.decisions import DecisionKind
from cases.forms.filing import Filing
from cases.forms.refusal import refuse_application


def apply(filing: Filing) -> Mapping[str, Any]:
    """Refuse in the township's name."""
    refuse_application(filing, DecisionKind.RETURNED, signed="")
    return {}
