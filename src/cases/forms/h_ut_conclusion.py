"""登记会商结论: the five inputs of table D12 as the meeting found them (P_H H4 1, M6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing, refuse
from cases.forms.h_ut_assess import findings_of


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the findings; table D12 reads them.

    :raises SubmissionInvalid: nothing but another extension follows, though the year is over (M6).
    """
    found = findings_of(filing)
    decide_by = case_files.find_case(filing.session, filing.case_id)["facts"].get("decide_by")
    if isinstance(decide_by, date) and filing.day >= decide_by and _extends(found):
        raise refuse("permanent_loss", "limit", f"临时监护于 {decide_by:%Y-%m-%d} 届满,必须另行选择结论,不得延续")
    case_files.add_facts(filing.session, filing.case_id, found)
    protection.change(filing.session, filing.case_id, stage="H4")
    return {}


def _extends(found: Mapping[str, bool]) -> bool:
    """Whether table D12 would answer CONTINUE_TEMP."""
    returns = found["danger_removed"] and found["guardian_capable"]
    return not (found["ground_revoke"] or returns or found["other_guardian"] or found["permanent_loss"])
