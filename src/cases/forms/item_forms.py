"""交办事项: what a process or a meeting gave to an office is its task until it says what came of it (P_I 5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, meetings, protection
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from cases.reminder_words import CODE_LENGTH
from cases.roles import PROTECTION_KINDS
from engine.domain import CaseRef

#: What the ordinary handlers do though it comes from a protection case: the child's own file names it, not the report.
ORDINARY = frozenset({"登记"})
DUTY = "MZJ"


def open_item(opening: Opening) -> CaseRef:
    """Open what an office was given to do. It is the county's case and about no child: the text names none, and the
    case that it comes from is called by its code.

    :raises SubmissionInvalid: no such item, something came of it already, or a diagram holds its task.
    """
    session = opening.session
    row = meetings.find_open(session, int(opening.fields["item_no"]))
    if row is None:
        raise refuse("item_no", "item", "没有这个待办的交办事项,请核对编号")
    source = case_files.find_case(session, row["case_id"])
    by_duty = row["dept"] == DUTY and source["kind"] in PROTECTION_KINDS and row["kind"] not in ORDINARY
    facts = {
        "item_no": row["id"],
        "item_kind": row["kind"],
        "item_text": row["item_text"],
        "item_measure": row["measure"] or "",
        "item_dept": row["dept"],
        "item_due": row["due_on"],
        "item_by_duty": by_duty,
        "item_warns": row["case_id"] if row["kind"] == protection.LIMIT_WARNING else None,
        "item_source": str(row["case_id"])[-CODE_LENGTH:].upper(),
    }
    opened = opening.open_named(f"交办事项:{row['kind']}", facts=facts, sealed_hiv=source["sealed_hiv"])
    if not source["sealed_hiv"] and not by_duty:
        case_files.involve(session, opened.case_id, [row["dept"]])
    return opened


def carried_out(filing: Filing) -> Mapping[str, Any]:
    """Enter what the office did."""
    number = int(case_files.find_case(filing.session, filing.case_id)["facts"]["item_no"])
    meetings.finish_numbered(filing.session, number, result=filing.text("action_result"))
    return {}


ITEM_FORMS: Mapping[str, Apply] = MappingProxyType({"i_ut_item": carried_out})
