"""档案移交: to whom the file of a child goes that moved away, when it was sent, and what came back (domain.md 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, file_handovers
from cases.forms.filing import Apply, Filing, refuse


def name_receiver(filing: Filing) -> Mapping[str, Any]:
    """Enter to whom the file goes; the letter is written to that office."""
    row = case_files.find_case(filing.session, filing.case_id)
    file_handovers.enter(
        filing.session,
        filing.case_id,
        row["child_id"],
        now=filing.now,
        receiver_area=filing.text("receiver_area"),
        receiver=filing.text("receiver"),
        contact=filing.text("receiver_contact") or None,
        note=filing.text("handover_note"),
    )
    return {}


def send(filing: Filing) -> Mapping[str, Any]:
    """Enter when and by whom the file was sent.

    :raises SubmissionInvalid: a sealed file is not handed over by post.
    """
    by = filing.text("sent_by")
    if case_files.find_case(filing.session, filing.case_id)["sealed_hiv"] and by not in _BY_HAND:
        raise refuse("sent_by", "sealed", "涉密档案只能专人送达或机要交换,请改选交付方式")
    file_handovers.change(
        filing.session,
        filing.case_id,
        sent_on=filing.value("sent_on"),
        sent_by=by,
        tracking_no=filing.text("tracking_no") or None,
    )
    return {}


_BY_HAND = frozenset({"专人送达", "机要交换"})


def answered(filing: Filing) -> Mapping[str, Any]:
    """Enter the receiver's answer; what came back is sent anew.

    :raises SubmissionInvalid: the answer is older than the dispatch.
    """
    outcome, on = filing.text("handover_outcome"), filing.value("answered_on")
    sent_on = file_handovers.find(filing.session, filing.case_id)["sent_on"]
    if sent_on is not None and on is not None and on < sent_on:
        raise refuse("answered_on", "not_before", f"日期不能早于寄出日期 {sent_on:%Y-%m-%d}")
    file_handovers.change(
        filing.session,
        filing.case_id,
        outcome=outcome,
        answered_on=on,
        received_by=filing.text("received_by") or None,
        return_reason=filing.text("return_reason") or None,
    )
    return {"handover_outcome": outcome}


HANDOVER_FORMS: Mapping[str, Apply] = MappingProxyType(
    {"f_ut_handover": name_receiver, "f_ut_handover_send": send, "f_ut_handover_receipt": answered}
)
