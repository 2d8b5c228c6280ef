"""Whoever finds on a visit that a child is at risk reports first, then files what was found (4.0, M15).

A visit that belongs to no protection case names the report; the report begins assessment and help by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protected_children, reports
from cases.forms.filing import Filing, at_risk, refuse

FIELD = "risk_report_no"


def require(filing: Filing) -> None:
    """Let a visit with a child at risk through only with the number of its report.

    :raises SubmissionInvalid: the report is missing, or there is none of that number.
    """
    if not at_risk(filing.submitted.fields):
        return
    number = filing.text(FIELD)
    if not number:
        raise refuse(FIELD, "required", "发现监护缺失、不当或者人身安全风险的,请先提交强制报告,再填写报告编号")
    require_known(filing, number, FIELD)


def require_known(filing: Filing, number: str, field: str, *, child_id: str | None = None) -> None:
    """Let only the number of a report through that there is; with `child_id` it may not be another child's.

    :raises SubmissionInvalid: there is no such report, or it is about another child.
    """
    case_id = reports.case_of(filing.session, number)
    if case_id is None:
        raise refuse(field, "unknown", f"没有编号为 {number} 的报告,请核对")
    about = protected_children.child_of(filing.session, case_id)
    if child_id is not None and about not in (None, child_id):
        raise refuse(field, "unknown", f"报告 {number} 不是这名儿童的,请核对")


def visited(filing: Filing) -> Mapping[str, Any]:
    """A visit that changes nothing but what it must report.

    :raises SubmissionInvalid: see `require`.
    """
    require(filing)
    return {}
