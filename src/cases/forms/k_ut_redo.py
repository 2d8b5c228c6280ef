"""执行结果、重新办理: what became of a decision that was set aside (P_K)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import appeals
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note when and how the result was carried out."""
    told = (filing.text("carried_out"), filing.text("new_case_no"))
    appeals.change(
        filing.session,
        filing.case_id,
        redone_on=filing.value("done_on"),
        redone_as=" ".join(part for part in told if part),
    )
    return {}
