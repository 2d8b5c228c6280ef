"""分管领导签批: the department's leader signs its opinion, or its fact check (P_D 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import opinions
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the signature."""
    opinions.sign(filing.session, filing.case_id, filing.department, actor=filing.actor, now=filing.now)
    return {}
