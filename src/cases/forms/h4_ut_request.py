"""登记恢复申请: whoever lost the guardianship asks to have it back, at whatever time (P_H H4 7, DL-32, M6)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import RowMapping

from cases import case_files, protected_children, protection, restorations
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from cases.jurisdictions import VILLAGE_DIGITS, find_division
from cases.restorations import Window
from engine.domain import CaseRef


def open_request(opening: Opening) -> CaseRef:
    """Open the case of one request. The window is told, never a ground to refuse: an early request and a late one are
    registered alike. A judgment that no case of the county entered is registered by what the form says of it.

    :raises SubmissionInvalid: of an unknown judgment the day of its effect or the child's village is missing; the
        request came before the judgment took effect.
    """
    session, fields = opening.session, opening.fields
    number = str(fields["revocation_no"]).strip()
    known = restorations.revocation(session, number)
    place, source, term = _of_the_judgment(opening, known)
    requested_on: date = fields["requested_on"]
    if requested_on < term.revoked_on:
        raise refuse("requested_on", "order", f"收到申请的日期不能早于撤销判决生效的 {term.revoked_on:%Y-%m-%d}")
    child_id = protected_children.child_of(session, source) if source else None
    case_id = opening.open_case(place=place, facts={}, child_id=child_id)
    if child_id is None:
        protected_children.identify(session, case_id, fields.get("child_idcard"))
    column = restorations.restoration_request.c.request_no
    request_no = protection.next_number(session, column, "HF", place, opening.day)
    restorations.enter(
        session,
        case_id,
        request_no=request_no,
        source_case_id=source,
        revocation_no=number,
        requester_was=str(fields["requester_was"]),
        requested_on=requested_on,
        revoked_on=term.revoked_on,
        restore_from=term.opens,
        restore_until=term.ends,
    )
    return CaseRef(case_id=case_id, place=place, subject=f"保护个案 {request_no}", search_key=request_no)


def _of_the_judgment(opening: Opening, known: RowMapping | None) -> tuple[str, str | None, Window]:
    """The place, the case that entered the judgment, and the window that follows from it."""
    session, fields = opening.session, opening.fields
    if known is not None:
        source = str(known["case_id"])
        term = Window(revoked_on=known["effective_on"], opens=known["restore_from"], ends=known["restore_until"])
        return str(case_files.find_case(session, source)["place"]), source, term
    place, revoked_on = str(fields.get("division") or ""), fields.get("revoked_on")
    if revoked_on is None:
        raise refuse("revoked_on", "required", "本县没有登记过这个文号的撤销判决,请核对文号,或者填写撤销判决的生效日期")
    if len(place) != VILLAGE_DIGITS or find_division(session, place) is None:
        raise refuse("division", "division", "本县没有登记过这个文号的撤销判决,请选择儿童所在的村(社区)")
    return place, None, restorations.window(opening.calendar, revoked_on)
