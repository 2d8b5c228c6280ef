"""立即撤下公示: taken down before its end (P_C 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import notices
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Remove it from the board and from the public page."""
    notices.take_down(
        filing.session,
        filing.case_id,
        now=filing.now,
        photo=filing.first_file("photo"),
        reason=filing.text("note") or "责令撤下",
    )
    meet(filing.session, filing.case_id, DeadlineCode.NOTICE, now=filing.now)
    return {}
