"""Candidate families of a village: so few that a masked name would still name somebody (domain.md 6.2)."""

from __future__ import annotations

from sqlalchemy import func, select

from cases.case_files import case_file, find_case
from cases.households import household_member
from cases.jurisdictions import VILLAGE_DIGITS
from cases.parameters import parameters
from cases.privacy import mask_child_name, mask_guardian_name
from engine.store.session import Session


def families_in(session: Session, village: str, kind: str) -> int:
    """How many families of the village have a case of this kind open (an application, temporary relief, an exit):
    among them a notice's family hides. Sealed files are invisible here too (M2)."""
    return int(
        session.scalar(
            select(func.count(household_member.c.household_id.distinct()))
            .join(case_file, case_file.c.child_id == household_member.c.child_id)
            .where(
                case_file.c.kind == kind,
                case_file.c.place.startswith(village, autoescape=True),
                case_file.c.closed_at.is_(None),
                case_file.c.sealed_hiv.is_(False),
            )
        )
        or 0
    )


def by_number_only(session: Session, case_id: str) -> bool:
    """Whether the county wants this case's notice to give a number in place of the masked names."""
    fewest = parameters(session).few_families
    if not fewest:
        return False
    case = find_case(session, case_id)
    return families_in(session, case["place"][:VILLAGE_DIGITS], case["kind"]) < fewest


def named(session: Session, case_id: str, *, guardian: str, child: str, number: str) -> str:
    """Whom this case's notice names: guardian and child with their names masked, or the notice's number alone."""
    if by_number_only(session, case_id):
        return f"编号{number}的儿童"
    return f"{mask_guardian_name(guardian)}之子女(被监护人){mask_child_name(child)}"
