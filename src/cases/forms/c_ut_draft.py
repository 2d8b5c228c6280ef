"""拟定或更正公示稿: a notice that said something wrong is drafted anew and hangs its full period, and one that was not
drafted at the visit, because the child was held to be at risk then, is drafted now (P_C 3, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, children
from cases.case_facts import primary_category
from cases.forms.filing import Filing
from cases.forms.notice_draft import draft_notice
from engine.errors import NotFound

SAY_THE_SCHEME = "写明"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Write the draft from masked names; a wrong one stays in the record.

    :raises SubmissionInvalid: the draft shows too much.
    """
    session = filing.session
    row = case_files.find_case(session, filing.case_id)
    child = children.find_child(session, row["child_id"])
    if child is None:
        raise NotFound(f"办件 {filing.case_id} 没有儿童档案")
    applicant = applications.find_application(session, filing.case_id)["applicant_name"]
    draft_notice(
        filing,
        row,
        child=filing.text("child_name") or child["name"],
        guardian=filing.text("guardian_name") or applicant,
        category=primary_category(row["facts"].get("fit_categories") or ()) or "CX",
        dibao_linked=filing.text("scheme_words") == SAY_THE_SCHEME,
    )
    return {}
