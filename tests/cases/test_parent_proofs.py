"""What became of a parent, and which body with records says so (part 5): a word told again takes nothing from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa

from cases import case_files, children, parent_periods
from cases.case_files import case_file
from cases.children import Proof
from cases.demo_children import DEMO_CHILDREN
from tests.cases.conftest import BEGIN, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
PRISON = parent_periods.Period(which="母", status="服刑", start=date(2026, 1, 28), end=date(2026, 9, 27))
PROOF = Proof(by="县司法局", at=BEGIN)


def mother(case: Flow) -> dict[str, Any]:
    with case.stage.database.reading() as session:
        child_id = str(case_files.find_case(session, case.case_id)["child_id"])
        row = children.parents(session, child_id)["母"]
        return {name: row[name] for name in ("status", "start_date", "end_date", "verified_by", "verified_at")}


def proved(flow: Callable[..., Flow]) -> Flow:
    """The mother's sentence is proved, and the first application is over."""
    case = flow(CHILD, mother_status="服刑")
    assert mother(case)["verified_by"] is None
    with case.stage.database.transaction() as session:
        child_id = str(case_files.find_case(session, case.case_id)["child_id"])
        parent_periods.enter(session, child_id, [PRISON], PROOF)
        session.execute(sa.update(case_file).values(closed_at=BEGIN))
    return case


def test_who_proves_it_stands_beside_it(flow: Callable[..., Flow]) -> None:
    told = mother(proved(flow))
    assert (told["start_date"], told["end_date"]) == (PRISON.start, PRISON.end)
    assert (told["verified_by"], told["verified_at"]) == ("县司法局", BEGIN)


def test_the_same_word_without_days_leaves_days_and_proof(flow: Callable[..., Flow]) -> None:
    """Its end opens the examination of ground 4: an application that says no days must not take it away."""
    proved(flow)
    told = mother(flow(CHILD, mother_status="服刑", mother_name="李秀"))
    assert (told["end_date"], told["verified_by"]) == (PRISON.end, "县司法局")


def test_another_word_is_nobodys_proof(flow: Callable[..., Flow]) -> None:
    proved(flow)
    other = mother(flow(CHILD, mother_status="服刑", mother_from=date(2025, 3, 1), mother_to=date(2026, 10, 1)))
    assert (other["end_date"], other["verified_by"], other["verified_at"]) == (date(2026, 10, 1), None, None)


def test_another_status_is_the_applicants_word(flow: Callable[..., Flow]) -> None:
    proved(flow)
    told = mother(flow(CHILD, mother_status="健在"))
    assert (told["status"], told["end_date"], told["verified_by"]) == ("健在", None, None)
