"""What a recognition says beside yes: the categories that stand, what the child is paid already, and what of the
benefit plan the county changes (P_D 6, P_E 2, M16). It is entered with MZJ's own opinion, or after a consultation.

What became of the parents is corrected there by the originals, and 事实无人抚养 needs six months of it (DL-34)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_facts, case_files, children, opinions, parent_periods, plan_changes
from cases.forms.filing import Filing, refuse
from cases.roles import DEPARTMENTS

UNATTENDED = "C2"
#: What other schemes pay already: the comparison of living allowances takes it off (就高不就低).
_PAID_ALREADY = ("household_grant", "household_size", "disability_living")


def check(filing: Filing) -> None:
    """Refuse what cannot be reckoned with, and enter what the originals say of the parents.

    :raises SubmissionInvalid: a household's grant without the number of its members; an item of the plan changed twice;
        a recognition without originals, or without a note, although a fact check stayed unanswered; a period that ends
        before it begins; C2 although a parent's period does not reach six months.
    """
    if filing.value("household_grant") and not filing.value("household_size"):
        raise refuse("household_size", "required", "填写了家庭低保金的,请填写低保家庭人数,用于计算户内分摊")
    _require_each_once(filing)
    if filing.chosen("final_categories"):
        _require_originals(filing)
        _require_under_age(filing)
    child_id = case_files.find_case(filing.session, filing.case_id)["child_id"]
    if child_id is not None:
        _enter_parents(filing, str(child_id))
        _require_six_months(filing, str(child_id))


def enter(filing: Filing) -> None:
    """Note the originals that were sighted, and write the facts of the case. Without a recognition nothing stands: what
    an earlier round had entered is taken back."""
    if filing.flag("originals_seen"):
        opinions.note_originals(filing.session, filing.case_id)
    case_files.add_facts(filing.session, filing.case_id, _facts(filing))


def _facts(filing: Filing) -> Mapping[str, Any]:
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


def _require_originals(filing: Filing) -> None:
    """No answer is no consent: the bureau recognises on the originals that it saw, and says what stayed open (M8). An
    answer that its leader has not signed in time is none."""
    unsigned = opinions.left_unsigned(filing.session, filing.case_id)
    silent = [
        DEPARTMENTS[row["department"]].name
        for row in opinions.standing(filing.session, filing.case_id)
        if row["mode"] == opinions.FACT_CHECK and (row["opinion"] is None or row["department"] in unsigned)
    ]
    if not silent:
        return
    told = f"{'、'.join(silent)}未答复协查或者未经签批"
    if not filing.flag("originals_seen"):
        raise refuse("originals_seen", "required", f"{told},须核对原件并勾选后才能同意认定")
    if not filing.text("unanswered").strip():
        raise refuse("unanswered", "required", f"{told},请写明未获协查的事项和所见原件")


def _require_under_age(filing: Filing) -> None:
    """A sealed application meets nobody before the county who asks for the age (M7)."""
    found = case_facts.gather(filing.session, filing.case_id, now=filing.now)
    if found["sealed_hiv"] and found["age"] >= case_facts.ADULT and not found["covered_before_18"]:
        raise refuse("final_categories", "age", "首次申请时已满18周岁,不能认定;请选择不予认定并书面说明理由")


def _enter_parents(filing: Filing, child_id: str) -> None:
    periods = parent_periods.listed(filing.value("parent_periods") or ())
    for number, each in enumerate(periods):
        if each.reversed:
            raise refuse(f"parent_periods[{number}].period_to", "order", "截止日期不能早于起始日期,请核对")
    proof = children.Proof(by=DEPARTMENTS["MZJ"].name, at=filing.now)
    parent_periods.enter(filing.session, child_id, periods, proof)


def _require_six_months(filing: Filing, child_id: str) -> None:
    if UNATTENDED not in filing.chosen("final_categories"):
        return
    parents = children.parents(filing.session, child_id)
    short = parent_periods.too_short(parents, on=filing.day, calendar=filing.calendar)
    if short:
        message = (
            f"{';'.join(short)},暂不属于事实无人抚养儿童。请选择其他类别;日期有误的,请按所见原件更正父母的起止日期"
        )
        raise refuse("final_categories", "six_months", message)
