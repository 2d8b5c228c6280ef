"""保护令裁定: the court's result (P_H H2 4, DL-26: at most six months, review within five days)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protection
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the ruling.

    :raises SubmissionInvalid: valid for more than six months, or not beyond the day it was made.
    """
    made_on, valid_to = filing.value("made_on"), filing.value("valid_to")
    if valid_to is not None:
        longest = filing.calendar.add_months(made_on, protection.ORDER_MONTHS).end
        if not made_on < valid_to <= longest:
            raise refuse("valid_to", "range", f"有效期自裁定之日起不超过6个月,最迟 {longest:%Y-%m-%d}")
    protection.change_latest(
        filing.session,
        protection.protection_order,
        filing.case_id,
        result=filing.text("po_result"),
        made_on=made_on,
        valid_to=valid_to,
        review_until=filing.calendar.add_calendar_days(made_on, protection.ORDER_REVIEW_DAYS).end,
        measures=list(filing.chosen("measures")),
    )
    return {"po_result": filing.text("po_result"), "valid_to": valid_to}
