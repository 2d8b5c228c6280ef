"""协查核实: a body confirms facts that its records show (P_D 2, mode V)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.forms.department_answer import enter_answer
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the confirmation."""
    enter_answer(filing)
    return {}
