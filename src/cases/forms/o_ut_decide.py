"""作出异议处理决定: the township's head decides (P_C2 d)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note the ruling's reason; the service that follows closes the objection."""
    objections.change(filing.session, filing.case_id, ruling_reason=filing.text("reason"))
    return {"ruling": filing.text("ruling")}
