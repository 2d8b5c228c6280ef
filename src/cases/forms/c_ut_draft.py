"""拟定或更正公示稿: a notice that said something wrong is drafted anew and hangs its full period, and one that was not
drafted at the visit, because the child was held to be at risk then, is drafted now (P_C 3, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, children, letters, notices
from cases.case_facts import primary_category
from cases.forms.filing import Filing
from cases.jurisdictions import full_name, town_of
from cases.parameters import parameters
from cases.privacy import mask_child_name, mask_guardian_name
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
    child_name = filing.text("child_name") or child["name"]
    guardian_name = filing.text("guardian_name") or applicant
    wording = notices.Wording(
        notice_no=notices.next_number(session, town_of(row["place"]), filing.day.year),
        area=full_name(session, row["place"]),
        child=mask_child_name(child_name),
        guardian=mask_guardian_name(guardian_name),
        category=primary_category(row["facts"].get("fit_categories") or ()) or "CX",
        dibao_linked=filing.text("scheme_words") == SAY_THE_SCHEME,
        issuer=letters.issuer_of(session, row["place"]),
        objection_phone=parameters(session).objection_phone,
    )
    notices.draft(
        session,
        filing.case_id,
        wording,
        child_name=child_name,
        guardian_name=guardian_name,
        places=filing.chosen("places"),
        online=filing.flag("online"),
        actor_id=filing.actor.id,
        now=filing.now,
    )
    return {}
