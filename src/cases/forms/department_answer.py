"""A department's answer: opinions (R) and fact checks (V) are entered alike (P_D 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, children, findings, opinions, parent_periods
from cases.forms import certificate
from cases.forms.filing import Filing, refuse


def enter_answer(filing: Filing) -> None:
    """Write the answer into the department's open row, and what it found into the child's file.

    :raises SubmissionInvalid: a period of nobody, or one that ends before it begins; a certificate that is somebody
        else's.
    """
    fields = filing.submitted.fields
    child_id = case_files.find_case(filing.session, filing.case_id)["child_id"]
    if parent_periods.lacks_parent(fields):
        raise refuse("about_parent", "required", "填写了起止日期的,请选择是父亲还是母亲的")
    if any(each.reversed for each in parent_periods.checked(fields)):
        raise refuse("parent_periods", "order", "父母的截止日期不能早于起始日期,请核对")
    if child_id is not None:
        _check_certificate(filing, str(child_id))
    opinions.answer(
        filing.session,
        filing.case_id,
        filing.department,
        given=filing.text("opinion"),
        reason=filing.text("reason"),
        answers={**fields, **_reached(fields)},
        original_seen=False,
        actor=filing.actor,
        now=filing.now,
    )
    if child_id is not None:
        findings.enter(filing.session, str(child_id), filing.department, fields, filing.now)


def _reached(fields: Mapping[str, Any]) -> Mapping[str, bool]:
    """Whether what the child's family pays itself reaches the threshold of the serious-illness insurance (P_D 2): it is
    reckoned, not ticked. Nothing, where one of both is not told."""
    paid, threshold = fields.get("self_pay"), fields.get("threshold")
    return {} if paid is None or threshold is None else {"reached": paid >= threshold}


def _check_certificate(filing: Filing, child_id: str) -> None:
    holder = filing.text("cert_holder")
    certificate.check(
        "cert_no",
        filing.value("cert_no"),
        idcard=_idcard_of(filing, child_id, holder),
        kind=filing.value("disability_kind"),
        level=filing.value("disability_level"),
        holder=parent_periods.PARENTS.get(holder, "儿童"),
    )


def _idcard_of(filing: Filing, child_id: str, holder: str) -> str | None:
    """The holder's number as the file has it; None where it has none, or the form does not say whose it is."""
    if holder in parent_periods.PARENTS:
        parent = children.parents(filing.session, child_id).get(holder)
        return parent["idcard"] if parent is not None else None
    child = children.find_child(filing.session, child_id) if holder == findings.OWN else None
    return child["idcard"] if child is not None else None
