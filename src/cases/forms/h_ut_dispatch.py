"""出警处置: what the police found, for table D11 (P_H H1 3, M5, M13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, deaths, protected_children, reports
from cases.forms.filing import Filing, refuse
from cases.forms.harm import note_harm

INPUTS = (
    "need_medical",
    "danger_from_guardian",
    "guardian_present",
    "guardian_reachable",
    "relative_ok",
    "special_care",
)


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the facts that the placement rests on; a guardian who is there can be reached.

    :raises SubmissionInvalid: arrived before leaving; a relative is to care, but none is named.
    """
    if filing.value("arrived_at") < filing.value("dispatched_at"):
        raise refuse("arrived_at", "order", "到达时间不能早于出警时间")
    if filing.flag("relative_ok") and not filing.value("relative"):
        raise refuse("relative", "required", "由亲属照料的,请填写亲属")
    facts: dict[str, Any] = {name: filing.flag(name) for name in INPUTS}
    facts["guardian_reachable"] = facts["guardian_reachable"] or facts["guardian_present"]
    case_files.add_facts(filing.session, filing.case_id, facts)
    reports.change(filing.session, filing.case_id, finding=filing.text("finding"))
    condition = filing.text("child_condition")
    if condition == "死亡":
        note_death(filing)
    note_reported_harm(filing, condition)
    return {"finding": filing.text("finding"), "child_condition": condition}


def note_reported_harm(filing: Filing, condition: str) -> None:
    """A child of a report that died or was gravely hurt: told by the report's number only (DL-38)."""
    note_harm(filing, f"报告 {reports.find_report(filing.session, filing.case_id)['report_no']}", condition)


def note_death(filing: Filing) -> None:
    """The child's file knows before SIG_CHILD_DECEASED is thrown; nothing to note of a child nobody knows yet."""
    child_id = protected_children.child_of(filing.session, filing.case_id)
    if child_id is not None:
        deaths.note(filing.session, child_id, on=filing.day, source="部门通报", now=filing.now)
