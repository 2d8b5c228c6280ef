"""个案照料计划: with the first contact the family is served the decision of temporary guardianship (P_H H2 2, M10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import decisions
from cases.decisions import DecisionKind
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter when the decision was served: review and lawsuit count from there. A child without any guardian has nobody
    to serve it on.

    :raises SubmissionInvalid: served before it was made.
    """
    decided, served_on = decisions.current(filing.session, filing.case_id), filing.value("served_on")
    if decided is not None and decided["kind"] == DecisionKind.TEMPORARY and served_on is not None:
        if served_on < decided["decided_on"]:
            raise refuse("served_on", "not_before", f"送达日期不能早于作出决定的 {decided['decided_on']:%Y-%m-%d}")
        decisions.serve(
            filing.session,
            filing.case_id,
            served_on=served_on,
            serve_mode=filing.text("serve_mode"),
            until=decisions.limits(filing.calendar, served_on),
        )
    return {"school_needed": filing.flag("school_needed")}
