"""What a recognition says beside yes: the categories that stand, what the child is paid already, and what of the
benefit plan the county changes (P_D 6, P_E 2, M16). It is entered with MZJ's own opinion, or after a consultation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import plan_changes
from cases.forms.filing import Filing, refuse

#: What other schemes pay already: the comparison of living allowances takes it off (就高不就低).
_PAID_ALREADY = ("household_grant", "household_size", "disability_living")


def check(filing: Filing) -> None:
    """Refuse what cannot be reckoned with.

    :raises SubmissionInvalid: a household's grant without the number of its members; an item of the plan changed twice.
    """
    if filing.value("household_grant") and not filing.value("household_size"):
        raise refuse("household_size", "required", "填写了家庭低保金的,请填写低保家庭人数,用于计算户内分摊")
    _require_each_once(filing)


def facts(filing: Filing) -> Mapping[str, Any]:
    """The facts of the case. Without a recognition nothing stands: what an earlier round had entered is taken back."""
    return {
        "consolidated_reason": filing.text("reason"),
        "final_categories": list(filing.chosen("final_categories")),
        plan_changes.FACT: plan_changes.kept(filing.value("plan_items") or ()),
        **{name: filing.value(name) for name in _PAID_ALREADY if filing.value(name) is not None},
    }


def _require_each_once(filing: Filing) -> None:
    named: set[str] = set()
    for number, row in enumerate(filing.value("plan_items") or ()):
        if row["benefit"] in named:
            message = f"第{number + 1}项“{row['benefit']}”前面已经调整过,每个项目只能调整一次,请合并为一项"
            raise refuse(f"plan_items[{number}].benefit", "unique", message)
        named.add(row["benefit"])
