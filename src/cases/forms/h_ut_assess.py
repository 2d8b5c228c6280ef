"""调查评估: the five scores, the risk, the needs, and the inputs of table D12 (P_H H3 1, M3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cases import case_files, protection
from cases.forms.filing import Filing, refuse

#: The inputs of table D12.
FINDINGS = ("ground_revoke", "danger_removed", "guardian_capable", "other_guardian", "permanent_loss")
_SCORES = ("score_safety", "score_guardianship", "score_health", "score_mind", "score_school")
_ASSESSORS_NEEDED = 2


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the assessment; the process takes up which bodies are asked for care.

    :raises SubmissionInvalid: fewer than two assessors; another guardian in the place of a capable parent (M6).
    """
    people = {name.strip() for name in re.split(r"[、,，]", filing.text("assessors")) if name.strip()}
    if len(people) < _ASSESSORS_NEEDED:
        raise refuse("assessors", "two_person", "评估须由两人以上进行,请填写全部评估人员")
    findings = findings_of(filing)
    case_files.add_facts(
        filing.session,
        filing.case_id,
        {
            **findings,
            "needs": list(filing.chosen("needs")),
            "risk_level": filing.text("risk_level"),
            "guardian_attitude": filing.text("guardian_attitude"),
        },
    )
    protection.enter(
        filing.session,
        protection.assessment,
        filing.case_id,
        assessed_on=filing.day,
        assessors=filing.text("assessors"),
        scores={name: int(filing.value(name)) for name in _SCORES},
        risk_level=filing.text("risk_level"),
        guardian_attitude=filing.text("guardian_attitude"),
        needs=list(filing.chosen("needs")),
        findings=dict(findings),
        child_wish=filing.text("child_wish"),
        by_id=filing.actor.id,
    )
    protection.change(filing.session, filing.case_id, stage="H3", risk_level=filing.text("risk_level"))
    return {"care_by": list(filing.chosen("care_by"))}


def findings_of(filing: Filing) -> Mapping[str, bool]:
    """The five inputs of table D12, as ticked.

    :raises SubmissionInvalid: another guardian while the guardian is capable and the danger is gone (M6).
    """
    found = {name: filing.flag(name) for name in FINDINGS}
    if found["other_guardian"] and found["danger_removed"] and found["guardian_capable"]:
        raise refuse("other_guardian", "capable_parent", "监护人有监护能力且危险已消除的,不得由其他人替代(M6)")
    return found
