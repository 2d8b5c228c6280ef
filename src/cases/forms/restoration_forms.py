"""The forms of a request for restoration, by their keys (P_H H4 7, DL-32, M6)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, children, protected_children, restorations
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.h_ut_court_result import PARENTS, REVOKED_STATUS
from cases.submissions import latest_submissions

FILED, RESTORED = "已立案", "恢复监护人资格"
#: What a parent is called again whose standing the court restored.
ALIVE = "健在"


def heard(filing: Filing) -> Mapping[str, Any]:
    """Enter what speaks against it and the office's opinion; the court decides, nobody here refuses (M6)."""
    restorations.change(
        filing.session, filing.case_id, barred=list(filing.chosen("barred")), advice=filing.text("restore_advice")
    )
    return {}


def filed(filing: Filing) -> Mapping[str, Any]:
    """Taken up by the court, which has an item of the case from here on; or taken back.

    :raises SubmissionInvalid: taken up before it was filed.
    """
    step = filing.text("court_step")
    if step != FILED:
        return {"court_step": step, "accepted_on": None}
    if filing.value("accepted_on") < filing.value("filed_on"):
        raise refuse("accepted_on", "order", "立案日期不能早于申请日期")
    case_files.involve(filing.session, filing.case_id, ("FY",))
    return {"court_step": step, "accepted_on": filing.value("accepted_on")}


def decided(filing: Filing) -> Mapping[str, Any]:
    """Enter the judgment; once restored, the child's file names the guardian again."""
    result = filing.text("restore_result")
    restorations.change(
        filing.session,
        filing.case_id,
        result=result,
        judgment_no=filing.text("judgment_no"),
        effective_on=filing.value("effective_on"),
    )
    if result == RESTORED:
        _restore(filing)
    return {"restore_result": result}


def _restore(filing: Filing) -> None:
    session = filing.session
    child_id = protected_children.child_of(session, filing.case_id)
    if child_id is None:
        return
    asked = latest_submissions(session, filing.case_id, "h4_ut_request").get("h4_ut_request", {})
    was = str(asked.get("requester_was") or "")
    children.set_guardian(
        session,
        child_id,
        name=str(asked.get("requester_name") or ""),
        idcard=None,
        phone=asked.get("requester_phone"),
        relation=was,
    )
    parent = children.parents(session, child_id).get(was) if was in PARENTS else None
    if parent is not None and parent["status"] == REVOKED_STATUS:
        children.set_parent(session, child_id, was, status=ALIVE, start_date=None, end_date=None)


RESTORATION_FORMS: Mapping[str, Apply] = MappingProxyType(
    {"h4_ut_wish": heard, "h4_ut_court": filed, "h4_ut_restore_result": decided}
)
