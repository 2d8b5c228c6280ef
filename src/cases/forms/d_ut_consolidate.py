"""汇总意见与待遇方案: the civil affairs bureau's own opinion and its summary of the others (P_D 6, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import opinions
from cases.forms import recognised
from cases.forms.filing import Filing

MZJ = "MZJ"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter MZJ's row, so that table D4 counts it, the categories that stand, and what the child is paid already.

    :raises SubmissionInvalid: as `recognised.check`.
    """
    recognised.check(filing)
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
    recognised.enter(filing)
    return {}
