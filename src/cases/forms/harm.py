"""Grave harm to a child that a form brings to light: a major matter for the county government (P_J 5, DL-38)."""

from __future__ import annotations

from cases import case_files, leads
from cases.forms.filing import Filing
from cases.jurisdictions import full_name, town_of

#: What happened to the child that the county government must know of within a day.
GRAVE = frozenset({"死亡", "重伤"})


def note_harm(filing: Filing, about: str, condition: str) -> None:
    """Note what happened, if it is grave; once for a case. `about` is a number or a code, never a name."""
    if condition not in GRAVE:
        return
    place = town_of(case_files.find_case(filing.session, filing.case_id)["place"])
    leads.note(
        filing.session,
        kind=leads.HARM,
        unit=full_name(filing.session, place),
        content=f"{about}:儿童{condition}",
        origin=f"harm:{filing.case_id}",
        now=filing.now,
        case_id=filing.case_id,
    )
