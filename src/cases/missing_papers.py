"""Which papers an application still lacks, by what it claims (domain.md 2.1): shown to the officer before the list is
written. What a comparison shows counts as there (M11)."""

from __future__ import annotations

from sqlalchemy import select

from cases.applications import application
from cases.case_facts import parent_reasons
from cases.case_files import find_case
from cases.materials import Claim, held, missing
from engine.store.session import Session


def missing_of(session: Session, case_id: str) -> tuple[frozenset[str], ...]:
    """Groups of codes of which one is enough each. Nothing where no application is, or an accepted one."""
    filed = session.execute(select(application).where(application.c.case_id == case_id)).mappings().first()
    if filed is None or filed["accepted_on"] is not None:
        return ()
    row = find_case(session, case_id)
    facts = row["facts"]
    claim = Claim(
        categories=frozenset(filed["categories_claimed"]),
        hiv=bool(row["sealed_hiv"]),
        entrusted=bool(filed["entrusted"]),
        filed_by_village=filed["channel"] == "村居主动",
        hardship_school=bool(facts.get("hardship_school")),
        parent_reasons=parent_reasons(facts.get("father_status"), facts.get("mother_status")),
    )
    return missing(claim, held(session, case_id))
