"""Identity numbers of an application that are accepted although their first six digits are no known division's: whoever
has the original in hand looks at it (domain.md 5.1: a warning, never an error)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from cases.applications import application
from cases.case_files import find_case
from cases.children import find_child, guardian, parents
from cases.idcard import IdCardInvalid, idcard_warnings, parse_idcard
from cases.jurisdictions import county_of, subtree
from engine.store.session import Session

CHILD, GUARDIAN = "儿童", "监护人"
PARENTS = {"父": "父亲", "母": "母亲"}


def doubtful_cards(session: Session, case_id: str) -> tuple[str, ...]:
    """Whose numbers to compare with the original: 儿童, 监护人, 父亲, 母亲. Nothing of a sealed file, where no claim
    is, or of an accepted one: its papers were seen."""
    accepted = session.execute(select(application.c.accepted_on).where(application.c.case_id == case_id)).first()
    row = find_case(session, case_id)
    if accepted is None or accepted[0] is not None or row["sealed_hiv"] or row["child_id"] is None:
        return ()
    own = {county_of(each.code) for each in subtree(session)}
    return tuple(who for who, number in _cards(session, str(row["child_id"])) if _is_doubtful(number, own))


def _cards(session: Session, child_id: str) -> Iterator[tuple[str, str | None]]:
    child = find_child(session, child_id)
    yield CHILD, child["idcard"] if child is not None else None
    present = select(guardian.c.idcard).where(guardian.c.child_id == child_id, guardian.c.is_current)
    yield from ((GUARDIAN, number) for number in session.execute(present).scalars())
    for which, known in parents(session, child_id).items():
        yield PARENTS[which], known["idcard"]


def _is_doubtful(number: str | None, own: set[str]) -> bool:
    try:
        return number is not None and bool(idcard_warnings(parse_idcard(number), own))
    except IdCardInvalid:
        return False  # entered before numbers were checked: not this question
