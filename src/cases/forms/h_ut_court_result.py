"""裁判结果: revoked or not, and who is guardian now (P_H H4 6-7, DL-32)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protection
from cases.forms.filing import Filing

REVOKED = "撤销并指定监护人"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the judgment. The window for restoration is advice, never a ground to refuse (M6)."""
    effective, revoked = filing.value("effective_on"), filing.text("court_result") == REVOKED
    months = filing.calendar.add_months
    protection.change_latest(
        filing.session,
        protection.court_matter,
        filing.case_id,
        result=filing.text("court_result"),
        judgment_no=filing.text("judgment_no"),
        effective_on=effective,
        designated=filing.text("designated_name") or None,
        restore_from=months(effective, protection.RESTORE_FROM_MONTHS).end if revoked else None,
        restore_until=months(effective, protection.RESTORE_UNTIL_MONTHS).end if revoked else None,
    )
    return {"court_result": filing.text("court_result"), "designated_type": filing.text("designated_type") or "无"}
