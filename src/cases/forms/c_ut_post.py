"""张贴公示: the village says when the notice went up, with a photo (P_C 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, notices
from cases.forms.filing import Filing, refuse
from engine.calendar import county_day


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the posting.

    :raises SubmissionInvalid: posted in the future, or the child may not be published.
    """
    row = case_files.find_case(filing.session, filing.case_id)
    if row["sealed_hiv"] or row["no_publicity"]:
        raise refuse("posted_at", "no_publicity", "该办件不得公示,请勿张贴")
    posted_at = filing.value("posted_at") or filing.now
    if county_day(posted_at) > filing.day:
        raise refuse("posted_at", "future", "张贴时间不能晚于现在")
    notices.post(
        filing.session,
        filing.case_id,
        posted_at=posted_at,
        photo=filing.first_file("photo"),
        actor_id=filing.actor.id,
    )
    return {"posted_at": posted_at}
