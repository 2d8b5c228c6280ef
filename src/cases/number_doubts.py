"""Identity numbers of an application that are accepted and yet worth a look at the original (domain.md 5.1).

The first six digits are the place of first registration. A code that was never allotted is no error by itself, but it
is how a number looks that was made up or copied wrongly with a check digit that happens to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import RowMapping

from cases import children
from cases.case_files import find_case
from cases.idcard import IdCardInvalid, idcard_warnings, parse_idcard
from cases.jurisdictions import COUNTY_DIGITS, subtree
from engine.store.session import Session

CHILD, APPLICANT, FATHER, MOTHER = "儿童", "申请人", "父亲", "母亲"


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A number whose first six digits no list of divisions has, abolished ones included."""

    whose: str
    division: str


def doubts(session: Session, case_id: str) -> tuple[Doubt, ...]:
    """The doubtful numbers of the case's child, applicant and parents. None for a sealed file or without one."""
    case = find_case(session, case_id)
    child = children.find_child(session, case["child_id"]) if case["child_id"] and not case["sealed_hiv"] else None
    if child is None:
        return ()
    own = {each.code for each in subtree(session, digits=COUNTY_DIGITS)}
    return tuple(
        Doubt(whose=whose, division=number[:COUNTY_DIGITS])
        for whose, number in _numbers(session, child)
        if _is_doubtful(number, own)
    )


def _numbers(session: Session, child: RowMapping) -> Iterator[tuple[str, str]]:
    parents = children.parents(session, child["id"])
    people = (
        (CHILD, child),
        (APPLICANT, children.current_guardian(session, child["id"])),
        (FATHER, parents.get("父")),
        (MOTHER, parents.get("母")),
    )
    for whose, row in people:
        if row is not None and row["idcard"]:
            yield whose, row["idcard"]


def _is_doubtful(number: str, own: set[str]) -> bool:
    try:
        return bool(idcard_warnings(parse_idcard(number), own))
    except IdCardInvalid:
        return False  # what an earlier program took is judged nowhere but in its form
