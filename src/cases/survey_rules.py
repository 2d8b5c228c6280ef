"""What a village's list of households must keep besides the form's own rules (4(a) step 3)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from cases.forms.filing import refuse


def check_households(
    rows: Sequence[Mapping[str, Any]], children: Sequence[Mapping[str, Any]], elsewhere: Container[str]
) -> None:
    """Raise unless the list is in order. In: `elsewhere`, the id numbers that stand in other lists of the campaign.

    :raises SubmissionInvalid: a child without a household or without id number and reason, or listed twice.
    """
    numbers = [row["household_no"] for row in rows]
    if len(set(numbers)) < len(numbers):
        raise refuse("households", "twice", "户编号重复,请核对")
    seen: set[str] = set()
    for child in children:
        idcard = child.get("idcard")
        if child["household_no"] not in numbers:
            raise refuse("children", "household", f"{child['name']}的户编号不在走访的户中")
        if not idcard and not (child.get("no_id_reason") and child.get("birth")):
            raise refuse("children", "required", f"{child['name']}没有身份证号的,请填写无证原因和出生日期")
        if idcard and (idcard in seen or idcard in elsewhere):
            raise refuse("children", "twice", f"{child['name']}的身份证号已登记过,请核对")
        seen |= {idcard} if idcard else set()
