"""The draft of an application's notice, from masked names (P_C 3): at the visit, or later if missing or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import letters, notices
from cases.forms.filing import Filing
from cases.jurisdictions import full_name, town_of
from cases.parameters import parameters
from cases.privacy import mask_child_name, mask_guardian_name


def draft_notice(
    filing: Filing, row: Mapping[str, Any], *, child: str, guardian: str, category: str, dibao_linked: bool
) -> None:
    """Write the draft of the case in this row, to hang where the form says; drafts of before stay in the record.

    :raises SubmissionInvalid: the draft shows too much.
    """
    session = filing.session
    wording = notices.Wording(
        notice_no=notices.next_number(session, town_of(row["place"]), filing.day.year),
        area=full_name(session, row["place"]),
        child=mask_child_name(child),
        guardian=mask_guardian_name(guardian),
        category=category,
        dibao_linked=dibao_linked,
        issuer=letters.issuer_of(session, row["place"]),
        objection_phone=parameters(session).objection_phone,
    )
    notices.draft(
        session,
        filing.case_id,
        wording,
        child_name=child,
        guardian_name=guardian,
        places=filing.chosen("places"),
        online=filing.flag("online"),
        actor_id=filing.actor.id,
        now=filing.now,
    )
