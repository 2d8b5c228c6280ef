"""裁判结果: revoked or not, and who is guardian now (P_H H4 6-7, DL-32)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import children, protected_children, protection
from cases.forms.filing import Filing
from cases.roles import DEPARTMENTS

REVOKED = "撤销并指定监护人"
#: How the child's file calls a guardian whom the court named, and a parent whose standing it revoked.
DESIGNATED, REVOKED_STATUS = "其他监护人", "撤销监护"
PARENTS = frozenset({"父", "母"})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the judgment, and whom it made guardian. The window for restoration is advice, never a ground to refuse
    (M6)."""
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
    if revoked:
        _change_guardian(filing)
    return {"court_result": filing.text("court_result"), "designated_type": filing.text("designated_type") or "无"}


def _change_guardian(filing: Filing) -> None:
    """The child's file names the designated guardian, and of which parent the standing was revoked; that a sentence of
    this parent ends makes nobody a guardian again."""
    child_id = protected_children.child_of(filing.session, filing.case_id)
    if child_id is None:
        return
    office = filing.text("designated_type") == protection.CIVIL_AFFAIRS
    children.set_guardian(
        filing.session,
        child_id,
        name=filing.text("designated_name"),
        idcard=None,
        phone=None,
        relation=protection.CIVIL_AFFAIRS if office else DESIGNATED,
    )
    for which in filing.chosen("revoked_of"):
        if which in PARENTS:
            children.set_parent(
                filing.session,
                child_id,
                which,
                proof=children.Proof(by=DEPARTMENTS["FY"].name, at=filing.now),
                status=REVOKED_STATUS,
                start_date=filing.value("effective_on"),
                end_date=None,
            )
