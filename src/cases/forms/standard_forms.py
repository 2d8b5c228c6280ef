"""The forms of a change of a standard (M15), and what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import benefits, case_files, payments, standards
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from engine.domain import CaseRef
from engine.errors import NotAllowed


def open_change(opening: Opening) -> CaseRef:
    """Open a change. A standard begins with a month for which no list was made yet.

    :raises SubmissionInvalid: no first of a month, a month that was listed, the same amount, or a change that is open.
    """
    session, fields = opening.session, opening.fields
    key, valid_from, amount = str(fields["key"]), fields["valid_from"], fields["monthly_amount"]
    if valid_from.day != 1:
        raise refuse("valid_from", "first", "标准按月执行,生效日期应为某月1日")
    listed = payments.last_listed_month(session)
    if listed is not None and f"{valid_from:%Y-%m}" <= listed:
        raise refuse("valid_from", "listed", f"{listed}的发放名册已经发起,请选择以后月份的1日")
    former = benefits.standard(session, key, valid_from)
    if amount <= 0 or amount == former:
        raise refuse("monthly_amount", "same", "新的月标准应大于0,且与现行标准不同,请修改")
    if standards.open_change_of(session, key, valid_from):
        raise refuse("key", "open_change", "该标准同一生效日期的调整正在办理")
    lower = former is not None and amount < former
    opened = opening.open_named(f"{standards.NAMES.get(key, key)}标准", facts={"lower": lower})
    standards.propose(
        session,
        opened.case_id,
        key=key,
        former=former,
        monthly_amount=amount,
        valid_from=valid_from,
        doc_no=str(fields["doc_no"]),
        reason=str(fields["reason"]),
    )
    return opened


def sign(filing: Filing) -> Mapping[str, Any]:
    """A leader, and for a lower standard a second approver, signs.

    :raises NotAllowed: who proposed it signs.
    """
    if case_files.find_case(filing.session, filing.case_id)["opened_by"] == filing.actor.id:
        raise NotAllowed("提出人不得签批自己提出的标准调整")
    row, said = standards.find(filing.session, filing.case_id), filing.text("signed")
    signed_by = [*row["signed_by"], {"name": filing.actor.name, "signed": said, "reason": filing.text("reason")}]
    standards.change(filing.session, filing.case_id, decision=said, signed_by=signed_by)
    return {"signed": said}


STANDARD_FORMS: Mapping[str, Apply] = MappingProxyType({"std_ut_sign": sign, "std_ut_second": sign})
