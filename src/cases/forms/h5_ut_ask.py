"""询问登记: a person in custody was asked about children who need somebody (P_H H5 1, DL-34, DL-35)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cases import case_files, children, meetings, protected_children, protection
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from cases.jurisdictions import VILLAGE_DIGITS, find_division
from engine.calendar import county_day
from engine.domain import CaseRef
from engine.store.session import Session

#: What a measure is called among the reasons of a missing parent; a short detention is none.
STATUS_OF_MEASURE: Mapping[str, str] = {"服刑": "服刑", "强制隔离戒毒": "强制戒毒"}
OTHER_MEASURE = "其他限制自由"
#: Who asked, where the person's unit is not known: the police, or whoever carries the sentence out.
EXECUTOR = "执行机关"
#: DL-35: by when the answers are entered, and by when a late entry is explained [D].
ENTRY_LIMIT, EXPLAIN_WORKDAYS = timedelta(hours=24), 3


def open_inquiry(opening: Opening) -> CaseRef:
    """Open the case of one child of the person in custody.

    :raises SubmissionInvalid: an unknown village, or an end before the beginning.
    """
    session, fields = opening.session, opening.fields
    place = str(fields.get("division") or "")
    if len(place) != VILLAGE_DIGITS or find_division(session, place) is None:
        raise refuse("division", "division", "请选择儿童现居的村(社区)")
    start, end = fields["custody_from"], fields.get("custody_to")
    if end is not None and end < start:
        raise refuse("custody_to", "order", "截止日期不能早于起始日期")
    case_id = opening.open_case(place=place, facts={})
    case_files.involve(session, case_id, ("GAJ",))
    number = _enter(session, case_id, fields, place, opening.now)
    _note_lateness(opening, case_id, number)
    _note_parent(opening, case_id)
    variables = {
        "need_arrange": fields.get("need_arrange") is True,
        "carer_agrees": fields.get("carer_agrees") is True,
        "carer_type": fields.get("carer_type") or "无",
        "custody_from": start,
        "custody_to": end,
    }
    return CaseRef(case_id=case_id, place=place, subject=f"保护个案 {number}", search_key=number, variables=variables)


def _note_lateness(opening: Opening, case_id: str, number: str) -> None:
    """The answers are entered within a day of the decision (DL-35); later ones are taken too, for the child waits, and
    the police says why."""
    if opening.now - opening.fields["decided_at"] <= ENTRY_LIMIT:
        return
    case_files.add_facts(opening.session, case_id, {"custody_entered_late": True})
    meetings.add_item(
        opening.session,
        case_id,
        kind="登记逾期",
        item_text=f"{number}:询问登记晚于作出决定后24小时,请说明原因",
        dept="GAJ",
        due_on=opening.calendar.add_workdays(opening.day, EXPLAIN_WORKDAYS).end,
        now=opening.now,
    )


def _note_parent(opening: Opening, case_id: str) -> None:
    """The child's file says where the parent is, and until when, as whoever decided it knows (H5 3)."""
    session, fields = opening.session, opening.fields
    child_id = protected_children.identify(session, case_id, fields.get("child_idcard"))
    if child_id is not None:
        children.set_parent(
            session,
            child_id,
            str(fields["parent_which"]),
            proof=children.Proof(by=(opening.actor.unit or EXECUTOR)[:60], at=opening.now),
            name=fields["detained_name"],
            idcard=fields["detained_idcard"],
            status=STATUS_OF_MEASURE.get(str(fields["custody_measure"]), OTHER_MEASURE),
            start_date=fields["custody_from"],
            end_date=fields.get("custody_to"),
        )


def _enter(session: Session, case_id: str, fields: Mapping[str, Any], place: str, now: datetime) -> str:
    day = county_day(now)
    number = protection.open_intervention(session, case_id, place=place, day=day, stage="H5")
    protection.enter(
        session,
        protection.custody_inquiry,
        case_id,
        notice_no=protection.next_number(session, protection.custody_inquiry.c.notice_no, "JY", place, day),
        detained_name=fields["detained_name"],
        detained_idcard=fields["detained_idcard"],
        custody_measure=fields["custody_measure"],
        decided_at=fields["decided_at"],
        entered_at=now,
        custody_from=fields["custody_from"],
        custody_to=fields.get("custody_to"),
        child_where=fields["child_where"],
        who_cares=fields["who_cares"],
        need_arrange=fields.get("need_arrange") is True,
        carer={name: fields.get(f"carer_{name}") for name in ("type", "name", "phone", "agrees")},
    )
    return number
