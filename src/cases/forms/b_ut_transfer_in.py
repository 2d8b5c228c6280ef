"""转类别: an exit ended in another category; the application that verifies it begins at the visit (P_F 8, M12).

The program alone begins it. No paper is asked for: what the file knows, and what the guardian once said, is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, select

from cases import ages, applications, case_files, children, exits
from cases.case_files import CaseStatus, case_file
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms.acceptance import VERIFY_WORKDAYS
from cases.forms.opening import Opening
from engine.domain import CaseRef
from engine.errors import NotAllowed, NotFound
from engine.store.session import Session

CHANNEL = "转类别"
ADULT = 18
#: Of the child and the family, as the guardian stated them; what was decided then is decided anew.
STATED = frozenset(
    {"child_disability", "disability_type", "illness", "hardship_school", "hardship_medical", "stage"}
    | {"father_status", "mother_status", "household_grant", "household_size", "disability_living"}
)


def open_transfer(opening: Opening) -> CaseRef:
    """Open the application for the new category; the visit is due as after an acceptance today (DL-02).

    :raises NotAllowed: a person begins it, or the exit did not end in another category.
    """
    session = opening.session
    exit_row = exits.find(session, str(opening.fields.get("exit_case")))
    if not opening.actor.is_system or exit_row["decision"] != "转类别":
        raise NotAllowed("转类别的核查由系统在批准转类别后发起")
    found = children.find_child(session, exit_row["child_id"])
    if found is None:
        raise NotFound("没有这份儿童档案")
    former = _former(session, found["id"])
    opened = opening.open_for(
        found,
        facts=_facts(session, former, found, exit_row),
        status=CaseStatus.VERIFYING,
        owner_id=former["owner_id"] if former else None,
    )
    if found["no_publicity"]:
        case_files.change(session, opened.case_id, no_publicity=True)
    _file(opening, opened, found, exit_row)
    return replace(opened, variables={"entrusted": False, "transfer": True})


def _former(session: Session, child_id: str) -> RowMapping | None:
    """The application by which the child came under protection, or the latest."""
    query = (
        select(case_file.c.facts, case_file.c.owner_id)
        .where(case_file.c.child_id == child_id, case_file.c.kind == "application")
        .order_by(case_file.c.opened_at.desc())
        .limit(1)
    )
    return session.execute(query).mappings().first()


def _facts(session: Session, former: RowMapping | None, found: RowMapping, exit_row: RowMapping) -> Mapping[str, Any]:
    stated = {name: value for name, value in (former["facts"] if former else {}).items() if name in STATED}
    return {
        **stated,
        "categories": list(exit_row["new_categories"]),
        "covered_before_18": _was_covered(session, found),
        "transfer_of": exit_row["case_id"],
        exits.TRANSFER_MONTH: exit_row["stop_month"],
    }


def _was_covered(session: Session, found: RowMapping) -> bool:
    """Whether the protection began before the eighteenth birthday; the new category continues it."""
    birth, enrolled_on = found["birth"], found["enrolled_on"]
    return birth is None or (enrolled_on is not None and enrolled_on < ages.reached(session)(birth, ADULT))


def _file(opening: Opening, opened: CaseRef, found: RowMapping, exit_row: RowMapping) -> None:
    session, today = opening.session, opening.day
    guardian = children.current_guardian(session, found["id"])
    derivation = opening.calendar.add_workdays(today, VERIFY_WORKDAYS)
    applications.file_application(
        session,
        opened.case_id,
        application_no=applications.next_number(session, opened.place, today),
        status=CaseStatus.VERIFYING,
        channel=CHANNEL,
        applicant_name=guardian["name"] if guardian else "监护人待核实",
        applicant_phone=guardian["phone"] if guardian else None,
        relation=guardian["relation"] if guardian else None,
        categories_claimed=list(exit_row["new_categories"]),
        entrusted=False,
        statement=exit_row["decided_reason"],
        received_at=opening.now,
        accepted_on=today,
        verify_due=derivation.end,
    )
    if not found["sealed_hiv"]:  # no township verifies a sealed file
        set_deadline(session, opened.case_id, DeadlineCode.VERIFY, derivation, now=opening.now)
