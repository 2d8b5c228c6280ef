"""汇总意见与待遇方案: the civil affairs bureau's own opinion and its summary of the others (P_D 6, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, opinions, plan_changes
from cases.forms.filing import Filing, refuse

MZJ = "MZJ"
#: What other schemes pay already: the comparison of living allowances takes it off (就高不就低).
_PAID_ALREADY = ("household_grant", "household_size", "disability_living")


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter MZJ's row, so that table D4 counts it, the categories that stand, and what the child is paid already.

    :raises SubmissionInvalid: a household's grant without the number of its members; an item of the plan changed twice.
    """
    if filing.value("household_grant") and not filing.value("household_size"):
        raise refuse("household_size", "required", "填写了家庭低保金的,请填写低保家庭人数,用于计算户内分摊")
    _require_each_once(filing)
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
    facts: dict[str, Any] = {
        "consolidated_reason": filing.text("reason"),
        plan_changes.FACT: plan_changes.kept(filing.value("plan_items") or ()),
    }
    if filing.chosen("final_categories"):
        facts["final_categories"] = list(filing.chosen("final_categories"))
    facts |= {name: filing.value(name) for name in _PAID_ALREADY if filing.value(name) is not None}
    case_files.add_facts(session, case_id, facts)
    return {}


def _require_each_once(filing: Filing) -> None:
    named: set[str] = set()
    for number, row in enumerate(filing.value("plan_items") or ()):
        if row["benefit"] in named:
            message = f"第{number + 1}项“{row['benefit']}”前面已经调整过,每个项目只能调整一次,请合并为一项"
            raise refuse(f"plan_items[{number}].benefit", "unique", message)
        named.add(row["benefit"])
