"""临时监护决定: the ground, the place, and the year that must not be exceeded (P_H H2 1, DL-24, DL-27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, decisions, protection
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms.filing import Filing
from engine.calendar import Roll, county_day

#: Who looks after the file of a child that is placed there; of one with relatives or a foster family, the first.
CARE_OF: Mapping[str, str] = {"未成年人救助保护机构": "CPC", "儿童福利机构": "CWI"}


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the decision, by a number under which it can be fought, and start the clock of twelve months, which ends on
    the working day before (0.4-6). Whoever receives the child has an item of the case from here on (6.1)."""
    handed = protection.latest(filing.session, protection.handover, filing.case_id)
    start = county_day(handed["handed_at"]) if handed else filing.day
    limits = protection.limits(filing.calendar, start)
    protection.change(
        filing.session,
        filing.case_id,
        stage="H2",
        ground=filing.text("ground"),
        placement=filing.text("temp_placement"),
        **limits,
    )
    case_files.add_facts(filing.session, filing.case_id, {"decide_by": limits["decide_by"], protection.ENDED: False})
    row = case_files.find_case(filing.session, filing.case_id)
    decisions.decide(
        filing.session,
        filing.case_id,
        kind=decisions.DecisionKind.TEMPORARY,
        reason=filing.text("basis"),
        decided_on=filing.day,
        policy_profile=row["policy_profile"],
        now=filing.now,
        signed_by=filing.actor.name,
    )
    case_files.involve(filing.session, filing.case_id, (CARE_OF.get(filing.text("temp_placement"), "CPC"),))
    derivation = filing.calendar.add_months(start, protection.TEMPORARY_MONTHS, Roll.BACK)
    set_deadline(filing.session, filing.case_id, DeadlineCode.TEMPORARY, derivation, now=filing.now)
    return {"temp_placement": filing.text("temp_placement")}
