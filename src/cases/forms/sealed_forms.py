"""The sealed track's own steps (P_B 3, P_D, M2): 涉密受理, 涉密核验, 涉密会商 and its confirmation.

They differ from the ordinary steps in who is asked and what may be seen, so that each has a form of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases import applications, case_files, deadlines, materials, opinions
from cases.case_files import CaseStatus
from cases.forms import d_ut_consult
from cases.forms.filing import Apply, Filing, refuse
from cases.roles import SEALED_REVIEW
from engine.calendar import county_day
from engine.store.user_task import user_task

COUNTY_WORKDAYS = 5
COMPLETE, INCOMPLETE = "齐全", "需补正"


def accept(filing: Filing) -> Mapping[str, Any]:
    """涉密受理: the county looks at the papers; complete, its five working days count from their receipt.

    :raises SubmissionInvalid: 需补正 for papers that never hold an application up only (M7).
    """
    result = filing.text("result")
    materials.note_originals(filing.session, filing.case_id, filing.chosen("originals_seen"))
    if result == COMPLETE:
        received = applications.find_application(filing.session, filing.case_id)["received_at"]
        _accepted(filing, county_day(received))
    elif result == INCOMPLETE:
        missing = [code for code in filing.chosen("missing") if code in materials.MATERIALS]
        if not set(missing) - materials.NEVER_HOLDS_UP:
            raise refuse("missing", "never_holds_up", "所列材料缺少不影响受理,请列明其他需补正的材料")
        case_files.add_facts(filing.session, filing.case_id, {"missing_materials": missing})
        applications.set_status(filing.session, filing.case_id, CaseStatus.WAITING_PAPERS)
    return {"result": result}


def accept_again(filing: Filing) -> Mapping[str, Any]:
    """补正后受理: whatever came, the review begins; the clock counts from the day the last paper came (M11)."""
    opened_at = filing.session.scalar(select(user_task.c.opened_at).where(user_task.c.id == filing.submitted.task_id))
    arrived_on = county_day(opened_at or filing.now)
    wanted = case_files.find_case(filing.session, filing.case_id)["facts"].get("missing_materials", [])
    still = set(filing.chosen("missing")) if filing.text("result") != COMPLETE else frozenset()
    materials.receive(
        filing.session,
        filing.case_id,
        [code for code in wanted if code not in still],
        source=materials.SUBMITTED,
        received_on=arrived_on,
        actor_id=filing.actor.id,
        now=filing.now,
    )
    materials.note_originals(filing.session, filing.case_id, filing.chosen("originals_seen"))
    _accepted(filing, arrived_on)
    return {"result": filing.text("result")}


def _accepted(filing: Filing, on: date) -> None:
    derivation = filing.calendar.add_workdays(on, COUNTY_WORKDAYS)
    deadlines.meet(filing.session, filing.case_id, deadlines.DeadlineCode.SUPPLEMENT, now=filing.now)
    deadlines.set_deadline(filing.session, filing.case_id, deadlines.DeadlineCode.COUNTY, derivation, now=filing.now)
    applications.change(
        filing.session, filing.case_id, accepted_on=on, county_received_on=on, county_due=derivation.end
    )
    applications.set_status(filing.session, filing.case_id, CaseStatus.REVIEW)


def verify(filing: Filing) -> Mapping[str, Any]:
    """涉密核验: the sealed reviewer of WJJ says whether the confirming report is genuine (M23)."""
    opinions.answer(
        filing.session,
        filing.case_id,
        SEALED_REVIEW,
        given=filing.text("opinion"),
        reason=filing.text("reason"),
        answers=filing.submitted.fields,
        original_seen=filing.flag("original_seen"),
        actor=filing.actor,
        now=filing.now,
    )
    return {}


def confirm(filing: Filing) -> Mapping[str, Any]:
    """确认会商结论: the sealed reviewer of WJJ was there and agrees with what was written, or it is written again."""
    return {"consult_confirmed": filing.text("confirmed")}


SEALED_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "b_ut_sealed_accept": accept,
        "b_ut_sealed_accept_again": accept_again,
        "d_ut_sealed_verify": verify,
        "d_ut_sealed_consult": d_ut_consult.apply,
        "d_ut_sealed_confirm": confirm,
    }
)
