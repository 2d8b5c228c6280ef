"""重新办理: the cases that a ruling begins anew, opened by the program alone (P_K). No paper is asked for: what the
family stated before stands, what was decided is decided anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping

from cases import ages, appeals, applications, case_files, children, exits, letters, redo, retention
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms import b_ut_transfer_in, f_ut_open
from cases.forms.acceptance import VERIFY_WORKDAYS
from cases.forms.opening import Opening
from cases.reminder_words import CODE_LENGTH
from engine.calendar import county_day
from engine.domain import CaseRef
from engine.errors import NotAllowed, NotFound
from engine.store.session import Session


def open_by_program(opening: Opening) -> CaseRef:
    """Begin an application in the program's name: for another category, or after a ruling.

    :raises NotAllowed: what the two openings refuse.
    """
    anew = opening.fields.get("appeal_case")
    return open_application_anew(opening) if anew else b_ut_transfer_in.open_transfer(opening)


def open_application_anew(opening: Opening) -> CaseRef:
    """Open the application again at its visit; the township's days count as after an acceptance today (DL-02).

    :raises NotAllowed: a person begins it, or no ruling orders it.
    """
    session, row, original, found = opening.session, *_ordered(opening, redo.APPLICATION)
    former = applications.find_application(session, original["id"])
    retention.take_out(session, found["id"])
    opened = opening.open_for(
        found,
        facts=_stated(session, original, former, found),
        status=CaseStatus.VERIFYING,
        owner_id=original["owner_id"],
    )
    if found["no_publicity"]:
        case_files.change(session, opened.case_id, no_publicity=True)
    derivation = opening.calendar.add_workdays(opening.day, VERIFY_WORKDAYS)
    number = applications.next_number(session, opened.place, opening.day)
    kept = ("applicant_name", "applicant_phone", "relation", "categories_claimed", "statement", "bank_account")
    applications.file_application(
        session,
        opened.case_id,
        application_no=number,
        status=CaseStatus.VERIFYING,
        channel=redo.CHANNEL,
        entrusted=False,
        received_at=opening.now,
        accepted_on=opening.day,
        verify_due=derivation.end,
        account_holder=former["account_holder"],
        **{name: former[name] for name in kept},
    )
    if not found["sealed_hiv"]:  # no township verifies a sealed file
        set_deadline(session, opened.case_id, DeadlineCode.VERIFY, derivation, now=opening.now)
    head = letters.head_of(session, opened.case_id, now=opening.now)
    redo.begun(session, row, opened.case_id, number, head, calendar=opening.calendar, now=opening.now)
    return replace(opened, variables={"entrusted": False, "transfer": True})


def open_exit_anew(opening: Opening) -> CaseRef:
    """Open the exit again at its verification.

    :raises NotAllowed: a person begins it, or no ruling orders it.
    """
    session, row, original, found = opening.session, *_ordered(opening, redo.EXIT)
    former = exits.find(session, original["id"])
    opened = f_ut_open.begin(
        opening,
        found,
        cause="退出情形核查",
        ground=former["ground"],
        source=redo.CHANNEL,
        fact_on=former["fact_on"],
        owner_id=original["owner_id"],
        trigger=f_ut_open.FACT,
    )
    head = exits.letter_head(session, opened.case_id, now=opening.now)
    number = opened.case_id[-CODE_LENGTH:]
    redo.begun(session, row, opened.case_id, number, head, calendar=opening.calendar, now=opening.now)
    return opened


def _ordered(opening: Opening, process_key: str) -> tuple[RowMapping, Mapping[str, Any], RowMapping]:
    """The appeal, the case whose decision it set aside, the child."""
    session = opening.session
    row = appeals.find(session, str(opening.fields["appeal_case"]))
    ordered = row["redo_as"] == process_key and row["redo_case_id"] is None
    if not opening.actor.is_system or not ordered:
        raise NotAllowed("重新办理由系统在登记救济结果后发起")
    original = redo.original_of(session, row)
    found = children.find_child(session, original["child_id"])
    if found is None:
        raise NotFound("没有这份儿童档案")
    return row, original, found


def _stated(session: Session, original: Mapping[str, Any], former: RowMapping, found: RowMapping) -> Mapping[str, Any]:
    """Of child and family, as the guardian stated them; whoever applied as a child is not too old now."""
    facts = {name: value for name, value in original["facts"].items() if name in b_ut_transfer_in.STATED}
    adult_on = ages.reached(session)(found["birth"], b_ut_transfer_in.ADULT) if found["birth"] else None
    in_time = adult_on is None or county_day(former["received_at"]) < adult_on
    before = original["facts"].get("covered_before_18", in_time)
    return {**facts, "categories": list(former["categories_claimed"]), "covered_before_18": before}
