"""汇总意见与待遇方案: the civil affairs bureau's own opinion and its summary of the others (P_D 6, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, opinions
from cases.forms.filing import Filing, refuse

MZJ = "MZJ"
#: What other schemes pay already: the comparison of living allowances takes it off (就高不就低).
_PAID_ALREADY = ("household_grant", "household_size", "disability_living")


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter MZJ's row, so that table D4 counts it, the categories that stand, and what the child is paid already.

    :raises SubmissionInvalid: a household's grant without the number of its members.
    """
    if filing.value("household_grant") and not filing.value("household_size"):
        raise refuse("household_size", "required", "填写了家庭低保金的,请填写低保家庭人数,用于计算户内分摊")
    session, case_id = filing.session, filing.case_id
    question = opinions.Request(department=MZJ, mode=opinions.REVIEW, questions=("身份、类别、待遇是否符合",))
    opinions.ask(session, case_id, [question], now=filing.now)
    opinions.answer(
        session,
        case_id,
        MZJ,
        given=filing.text("opinion"),
        reason=filing.text("reason"),
        answers=filing.submitted.fields,
        original_seen=False,
        actor=filing.actor,
        now=filing.now,
    )
    if filing.flag("originals_seen"):
        opinions.note_originals(session, case_id)
    facts: dict[str, Any] = {"consolidated_reason": filing.text("reason")}
    if filing.chosen("final_categories"):
        facts["final_categories"] = list(filing.chosen("final_categories"))
    facts |= {name: filing.value(name) for name in _PAID_ALREADY if filing.value(name) is not None}
    case_files.add_facts(session, case_id, facts)
    return {}
