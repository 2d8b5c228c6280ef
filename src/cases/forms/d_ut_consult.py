"""会商并作出结论: what the meeting concluded binds the decision (P_D 5).

The sealed track writes it in one step (M2). Ordinary cases that began before reviews called process `meeting` still
have that one step, too: their version of the diagram stays in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files
from cases.case_files import CaseStatus
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Keep the conclusion and let the review go on."""
    conclusion = filing.text("conclusion")
    case_files.add_facts(filing.session, filing.case_id, {"consult_conclusion": conclusion})
    applications.set_status(filing.session, filing.case_id, CaseStatus.REVIEW)
    return {"conclusion": conclusion}
