"""强制报告: opens the protection case in one step; the number stands for the child everywhere (P_H H1 1, M4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases import case_files, doubles, protected_children, protection, reports
from cases.forms.filing import as_list, refuse
from cases.forms.opening import Opening
from cases.jurisdictions import VILLAGE_DIGITS, find_division
from cases.roles import OFFICIAL
from engine.access import Actor
from engine.domain import CaseRef
from engine.store.session import Session

#: What the desk has not said yet (`h_ut_triage`).
_NEW: Mapping[str, Any] = {
    "level_confirmed": None,
    "level_raised": False,
    "report_triaged": False,
    "report_joined": False,
    "case_running": False,
    "respond_within": None,
}

#: They take what comes by telephone, or are the police themselves.
_DESKS = frozenset({"mzj_duty", "gaj_handler"})


def open_report(opening: Opening) -> CaseRef:
    """Open the case, the report and the intervention case. Whoever reports need not be of the place.

    :raises SubmissionInvalid: an unknown village.
    """
    session, fields = opening.session, opening.fields
    place = str(fields.get("division") or "")
    if len(place) != VILLAGE_DIGITS or find_division(session, place) is None:
        raise refuse("division", "division", "请选择事发地的村(社区)")
    flags = reports.flags_of(fields, tuple(as_list(fields.get("situations"))))
    case_id = opening.open_case(
        place=place, facts={**flags, **_NEW, "police_unreported": _is_unreported(fields, opening.actor)}
    )
    number = reports.next_number(session, place, opening.day)
    _enter(session, case_id, number, fields, flags, opening.actor, opening.now)
    protection.open_intervention(session, case_id, place=place, day=opening.day, stage="H1")
    protected_children.identify(session, case_id, fields.get("child_idcard"))
    running = doubles.recognise(
        session, case_id, flags, calendar=opening.calendar, actor=opening.actor, now=opening.now
    )
    if running:
        case_files.add_facts(session, case_id, {"case_running": True})
    return CaseRef(case_id=case_id, place=place, subject=f"保护个案 {number}", search_key=number)


def _is_mandatory(fields: Mapping[str, Any], actor: Actor) -> bool:
    """Officials must report whether or not they tick it (未保法11: 国家机关、村(居)委会、密切接触未成年人的单位); the
    desks that only pass a citizen's report on are told by the tick alone."""
    return fields.get("mandatory") is True or any(grant.role in OFFICIAL - _DESKS for grant in actor.grants)


def _is_unreported(fields: Mapping[str, Any], actor: Actor) -> bool:
    """Whoever must report and did not call the police has it done at once, whatever the level (未保法11)."""
    return _is_mandatory(fields, actor) and fields.get("reported_to_police") is not True


def _enter(
    session: Session,
    case_id: str,
    number: str,
    fields: Mapping[str, Any],
    flags: Mapping[str, bool],
    actor: Actor,
    now: datetime,
) -> None:
    reports.file_report(
        session,
        case_id,
        report_no=number,
        found_at=fields["found_at"],
        reported_at=now,
        location=str(fields["place"]),
        child_name=fields.get("child_name"),
        child_idcard=fields.get("child_idcard"),
        approx_age=None if fields.get("approx_age") is None else int(fields["approx_age"]),
        sex=fields.get("sex"),
        situations=list(as_list(fields.get("situations"))),
        flags=dict(flags),
        suspect=fields.get("suspect"),
        injuries=fields.get("injuries"),
        mandatory=_is_mandatory(fields, actor),
        reported_to_police=fields.get("reported_to_police") is True,
        police_receipt=fields.get("police_receipt"),
        reporter={
            "id": actor.id,
            **{name: fields.get(f"reporter_{name}") for name in ("name", "unit", "phone")},
        },
    )
