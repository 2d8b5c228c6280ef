"""会议纪要: who came, what was concluded, who does what until when (P_I 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import meetings
from cases.forms.filing import Filing, refuse

_OUTCOME_NEEDED = frozenset({"个案会商", "专题会商"})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the minutes and the items.

    :raises SubmissionInvalid: half of those invited or fewer came; a case meeting without an outcome.
    """
    held = meetings.current(filing.session, filing.case_id)
    invited = held["invited"] if held is not None else []
    came = set(filing.chosen("attendees")) & set(invited)
    if len(came) * 2 <= len(invited):
        raise refuse("attendees", "quorum", "到会(含书面意见)应超过受邀单位的半数")
    if held is not None and held["meeting_type"] in _OUTCOME_NEEDED and not filing.text("case_outcome"):
        raise refuse("case_outcome", "required", "个案会商、专题会商应有个案结论")
    met_on = filing.value("met_on")
    meetings.change(
        filing.session,
        filing.case_id,
        met_on=met_on,
        attendees=list(filing.chosen("attendees")),
        conclusion=filing.text("conclusion"),
        case_outcome=filing.text("case_outcome") or None,
    )
    items = []
    for row in filing.value("actions") or ():
        meetings.add_item(
            filing.session,
            filing.case_id,
            kind="会议",
            item_text=str(row["item_text"]),
            dept=str(row["dept"]),
            due_on=row["due_on"],
            measure=row.get("measure"),
            now=filing.now,
        )
        items.append({"dept": row["dept"], "due_on": row["due_on"]})
    return {"met_on": met_on, "case_outcome": filing.text("case_outcome") or None, "action_items": items}
