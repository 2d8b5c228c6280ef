"""签发会议纪要 (P_I 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import meetings
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """The minutes hold from now on."""
    meetings.change(filing.session, filing.case_id, signed_by=filing.actor.id, signed_at=filing.now)
    return {}
