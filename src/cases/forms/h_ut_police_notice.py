"""通报乡镇: the police tells the township (P_H H1 5, DL-23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import reports
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter when it was told."""
    reports.change(filing.session, filing.case_id, police_noticed_at=filing.value("notified_at"))
    return {}
