"""受理分派: the township's leader takes the objection up, or not for want of facts (P_C2 b)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note what was said, and why."""
    handling = filing.text("handling")
    objections.change(filing.session, filing.case_id, handling=handling, handling_reason=filing.text("reason") or None)
    return {"handling": handling}
