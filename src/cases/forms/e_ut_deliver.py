"""落实待遇: a department answers for all its items at once (P_E 3, M10, M16).

What a row demands depends on its own result, which a condition inside a row cannot see in the browser; so it is
demanded here, and the labels say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from cases import benefits, sealed
from cases.forms.filing import Filing, refuse
from engine.errors import FieldProblem, SubmissionInvalid

#: What was handed on is looked at again after so many days, unless the department says otherwise [D].
NEXT_CHECK = timedelta(days=30)

_DONE = frozenset({benefits.DELIVERED, benefits.PASSED_ON})
_TO_BE_FOLLOWED = frozenset({benefits.PASSED_ON, benefits.NOT_YET})


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the result of each item, the second time of those that a visit opened again; any result completes a 转办
    item, its later course is tracked apart.

    :raises SubmissionInvalid: an item has no result; one that is neither done nor handed on has no reason; one that is
        to be looked at again has no day for it, or one that is not to come.
    """
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    lines = list(filing.value("results") or ())
    problems = [problem for number, line in enumerate(lines) for problem in _problems(filing, number, line)]
    if problems:
        raise SubmissionInvalid(problems)
    for item in benefits.to_answer(filing.session, filing.case_id, filing.department):
        line = benefits.line_for(lines, item)
        if line is None:
            raise refuse("results", "required", f"请填写“{item['title']}”的落实结果")
        benefits.record_result(filing.session, item["id"], **_result(filing, line, item["mode"]))
    return {}


def _problems(filing: Filing, number: int, line: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """What is wrong with a row: which one, which rule, what to do."""
    where, named = f"results[{number}]", f"第{number + 1}项“{line['benefit']}”"
    result, next_check = str(line["result"]), line.get("next_check")
    if result not in _DONE and not line.get("reason"):
        yield _problem(f"{where}.reason", "required", f"{named}:结果为“{result}”的应说明理由,请填写理由")
    if result in _TO_BE_FOLLOWED and next_check is None:
        message = f"{named}:结果为“{result}”的应约定再次核对的日期,请填写下次核对日期"
        yield _problem(f"{where}.next_check", "required", message)
    elif result in _TO_BE_FOLLOWED and next_check is not None and next_check <= filing.day:
        yield _problem(f"{where}.next_check", "later", f"{named}:下次核对日期应晚于今天,请改填以后的日期")


def _problem(field: str, rule: str, message: str) -> FieldProblem:
    return FieldProblem(field=field, rule=rule, message=message)


def _result(filing: Filing, line: Mapping[str, Any], mode: str) -> dict[str, object]:
    """What is entered of an item: one with a procedure of its own is handed on, whatever the department calls it."""
    told, next_check = str(line["result"]), line.get("next_check")
    handed = mode == benefits.HANDED_ON and told == benefits.DELIVERED
    result = benefits.PASSED_ON if handed else told
    if handed and next_check is None:
        next_check = filing.day + NEXT_CHECK
    return {
        "result": result,
        "done_on": line.get("done_on") or filing.day,
        "ref_no": line.get("ref_no") or None,
        "reason": line.get("reason") or "",
        "next_check": next_check if result in _TO_BE_FOLLOWED else None,
        "reopened_on": None,
    }
