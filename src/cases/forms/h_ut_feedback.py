"""向报告单位反馈: whoever reported learns that it was dealt with, and nothing of the child (P_H H1 6, 未保法11三款)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cases import intake, reports
from cases.forms.filing import Filing, refuse

#: Fifteen or eighteen signs: an id number, whoever's it is.
_IDCARD = re.compile(r"(?<!\d)\d{15}(?:\d{2}[\dXx])?(?!\d)")


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter when and how; the receipt of the report, also the public's, says that it was answered.

    :raises SubmissionInvalid: answered before it was reported, or the words name the child.
    """
    found = reports.find_report(filing.session, filing.case_id)
    if filing.value("feedback_at") < found["reported_at"]:
        raise refuse("feedback_at", "order", "反馈时间不能早于报告时间")
    named = next(_named(filing.text("feedback"), found["child_name"]), None)
    if named is not None:
        raise refuse("feedback", "privacy", f"反馈内容中出现{named},请删除:只告知处理情况,不写儿童和监护人的情况")
    reports.change(
        filing.session,
        filing.case_id,
        fed_back_at=filing.value("feedback_at"),
        fed_back_way=filing.text("feedback_way"),
    )
    intake.note_answered(filing.session, filing.submitted.instance_id, now=filing.now)
    return {}


def _named(words: str, child_name: str | None) -> Iterator[str]:
    said = re.sub(r"\s", "", words)
    name = re.sub(r"\s", "", child_name or "")
    if len(name) > 1 and name in said:
        yield "儿童姓名"
    if _IDCARD.search(said):
        yield "身份证号"
