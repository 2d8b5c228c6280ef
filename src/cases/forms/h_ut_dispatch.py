"""出警处置: what the police found, for table D11 (P_H H1 3, M5, M13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, deaths, leads, protected_children, reports
from cases.forms.filing import Filing, refuse
from cases.jurisdictions import full_name, town_of

INPUTS = (
    "need_medical",
    "danger_from_guardian",
    "guardian_present",
    "guardian_reachable",
    "relative_ok",
    "special_care",
)

#: What happened to the child that the county government must know of within a day.
GRAVE = frozenset({"死亡", "重伤"})


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
    if condition in GRAVE:
        note_harm(filing, condition)
    return {"finding": filing.text("finding"), "child_condition": condition}


def note_harm(filing: Filing, condition: str) -> None:
    """A child that died or was gravely hurt is a major matter for the county government (DL-38): by number only."""
    number = reports.find_report(filing.session, filing.case_id)["report_no"]
    place = town_of(case_files.find_case(filing.session, filing.case_id)["place"])
    leads.note(
        filing.session,
        kind=leads.HARM,
        unit=full_name(filing.session, place),
        content=f"报告 {number}:儿童{condition}",
        origin=f"harm:{filing.case_id}",
        now=filing.now,
        case_id=filing.case_id,
    )


def note_death(filing: Filing) -> None:
    """The child's file knows before SIG_CHILD_DECEASED is thrown; nothing to note of a child nobody knows yet."""
    child_id = protected_children.child_of(filing.session, filing.case_id)
    if child_id is not None:
        deaths.note(filing.session, child_id, on=filing.day, source="部门通报", now=filing.now)
