"""出具复核意见: a reviewing department's opinion (P_D 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.forms.department_answer import enter_answer
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the opinion; the joint decision reads the row."""
    enter_answer(filing)
    return {}
