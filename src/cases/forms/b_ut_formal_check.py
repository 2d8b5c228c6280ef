"""形式审查: complete, papers missing, another township, or a duplicate (P_B 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, duplicates, materials
from cases.case_files import CaseStatus
from cases.forms import missing_papers
from cases.forms.acceptance import accept
from cases.forms.filing import Filing, refuse
from cases.materials import MATERIALS, NEVER_HOLDS_UP
from engine.calendar import county_day

COMPLETE, INCOMPLETE, DOUBLE = "齐全", "需补正", "重复申请"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Accept, or keep the list of what is missing for the letter.

    :raises SubmissionInvalid: 需补正 without a paper, or for a paper that never holds an application up (M7); 重复申请
        of something that is not there.
    """
    result = filing.text("result")
    materials.note_originals(filing.session, filing.case_id, filing.chosen("originals_seen"))
    if result == COMPLETE:
        received = applications.find_application(filing.session, filing.case_id)["received_at"]
        accept(filing, county_day(received))
    elif result == DOUBLE:
        _check_double(filing)
    elif result == INCOMPLETE:
        missing = [code for code in missing_papers.named(filing) if code in MATERIALS]
        if not missing:
            raise refuse("missing", "required", "请列明需补正的全部材料")
        if set(missing) <= NEVER_HOLDS_UP:
            names = "、".join(MATERIALS[code] for code in missing)
            raise refuse("missing", "never_holds_up", f"缺少{names}不影响受理,不得据此要求补正")
        case_files.add_facts(filing.session, filing.case_id, {"missing_materials": missing})
        applications.set_status(filing.session, filing.case_id, CaseStatus.WAITING_PAPERS)
    return {"result": result}


def _check_double(filing: Filing) -> None:
    number = filing.text("duplicate_of").strip()
    if not duplicates.is_known_number(filing.session, filing.case_id, number):
        words = f"没有编号为 {number} 的其他申请或档案,请填写疑似重复清单中的申请编号或档案编号"
        raise refuse("duplicate_of", "unknown", words)
