"""落实待遇: a department answers for all its items at once (P_E 3, M10, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import benefits, sealed
from cases.forms.filing import Filing, refuse

#: A line that answers for every item of the department.
ALL_ITEMS = "各项待遇"

_DONE = frozenset({"已落实", "已转办"})
_TO_BE_FOLLOWED = frozenset({"已转办", "暂不具备条件"})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the result of each item; any result completes a 转办 item, its later course is tracked apart.

    :raises SubmissionInvalid: an item has no result, or one that is neither done nor handed on has no reason.
    """
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    by_name = {line["benefit"]: line for line in filing.value("results") or ()}
    for item in benefits.items_of(filing.session, filing.case_id, filing.department):
        line = by_name.get(item["title"]) or by_name.get(item["benefit"]) or by_name.get(ALL_ITEMS)
        if line is None:
            raise refuse("results", "required", f"请填写“{item['title']}”的落实结果")
        result = str(line["result"])
        if result not in _DONE and not line.get("reason"):
            raise refuse("reason", "required", f"{item['title']}:请说明{result}的理由")
        if item["mode"] == benefits.HANDED_ON and result == "已落实":
            result = "已转办"
        benefits.record_result(
            filing.session,
            item["id"],
            result=result,
            done_on=line.get("done_on") or filing.day,
            ref_no=line.get("ref_no") or None,
            reason=line.get("reason") or "",
            next_check=line.get("next_check") if result in _TO_BE_FOLLOWED else None,
        )
    return {}
