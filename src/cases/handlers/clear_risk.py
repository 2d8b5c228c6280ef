"""The report was false, or is another one's double: the flag against publication goes, unless another case keeps it
(CLOSED_FALSE, M1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protected_children
from engine.domain import ServiceCall, Tools


def clear_risk(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Clear the flag of the child and of its open cases. A notice that was taken down stays down."""
    case_id = call.case_for("报告")
    with tools.database.transaction() as session:
        child_id = protected_children.child_of(session, case_id)
        if child_id is not None and not protected_children.is_protected_elsewhere(session, child_id, case_id):
            protected_children.flag(session, child_id, at_risk=False, now=call.now)
    return {}
