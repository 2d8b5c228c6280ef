"""Invented children: the same for the same seed, coherent, and entered in bulk, also in several goes."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.children import child, guardian, parent_status
from cases.demo_applicants import applicants
from cases.demo_children import DEMO_CHILDREN, OPENING
from cases.demo_invented import LEFT, PROTECTED, SURVEYED, invent
from cases.demo_rows import fill_up
from cases.divisions import DEMO_DIVISIONS
from cases.households import household, household_member
from cases.idcard import parse_idcard
from cases.jurisdictions import enter_divisions
from cases.materials import Claim, material, missing
from cases.quarters import visit
from engine.errors import Refused
from engine.store import Database

MANY = 3_000
TABLES = (child, guardian, parent_status, household, household_member, case_file, benefit_item, material, visit)


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    """All rows but what the database numbers itself."""
    kept = [column for column in table.columns if column.autoincrement is not True and column.name != "id"]
    kept += [table.c.id] if "id" in table.c and table.c.id.type.python_type is str else []
    with database.reading() as session:
        found = [dict(row) for row in session.execute(select(*kept)).mappings()]
    return sorted(found, key=repr)


def enter(database: Database, *goes: int, seed: int = 7) -> None:
    with database.transaction() as session:
        enter_divisions(session, DEMO_DIVISIONS)
    for children in goes:
        fill_up(database, children=children, seed=seed)


def test_invented_children_are_coherent() -> None:
    villages = {code for code, _ in DEMO_DIVISIONS if len(code) == 12}
    told = [invent(number) for number in range(MANY)]
    cards = {each.idcard for each in told} | {each.idcard for each in applicants(MANY, seed=519927)}
    assert len(cards | {each.idcard for each in DEMO_CHILDREN}) == MANY + 40 + len(DEMO_CHILDREN), "no number twice"
    for each in told:
        card = parse_idcard(each.idcard, OPENING.date())
        assert (card.birth, card.sex) == (each.birth, each.sex)
        assert each.applied_at < OPENING and each.birth < each.decided_on < OPENING.date()
        assert each.left_on is None or each.decided_on < each.left_on < OPENING.date()
    assert {each.place for each in told} == villages
    assert {each.category for each in told} == {"C1", "C2", "C3", "C4", "C5"}
    assert Counter(each.status for each in told)[PROTECTED] > MANY * 0.7


def test_the_same_seed_invents_the_same_child_whatever_the_others() -> None:
    assert invent(1_234, seed=1) == invent(1_234, seed=1)
    assert invent(1_234, seed=1) != invent(1_234, seed=2)


def test_they_are_entered_as_they_would_stand(database: Database) -> None:
    enter(database, 300)
    with database.reading() as session:
        counted = {
            table.name: session.scalar(select(func.count()).select_from(table)) for table in (child, household, visit)
        }
        open_cases = session.scalar(select(func.count()).where(case_file.c.closed_at.is_(None)))
        homeless = session.scalar(
            select(func.count())
            .select_from(child.outerjoin(household_member))
            .where(household_member.c.household_id.is_(None))
        )
        left = (
            session.execute(select(benefit_item.c.stop_month).join(child).where(child.c.status == LEFT)).scalars().all()
        )
        claims = session.execute(
            select(case_file.c.id, child.c.categories)
            .join(child, child.c.id == case_file.c.child_id)
            .where(case_file.c.kind == "application", child.c.primary_category != "C2")
        ).all()
        papers: dict[str, set[str]] = {}
        for case_id, code in session.execute(select(material.c.case_id, material.c.code)):
            papers.setdefault(case_id, set()).add(code)
        surveyed = session.scalar(select(func.count()).where(child.c.status == SURVEYED))
    assert counted["child"] == 300 and counted["household"] == 225 and counted["visit"] > 200
    assert open_cases == 0, "no case stands open without somebody to work it"
    assert homeless == 0 and left and all(left) and surveyed > 0
    for case_id, categories in claims:
        assert not missing(Claim(categories=frozenset(categories)), papers[case_id])


def test_several_goes_give_the_same_county(database: Database, sqlite_template: Path, tmp_path: Path) -> None:
    enter(database, 90)
    other = Database.open(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.sqlite3')}")
    enter(other, 20, 20, 57, 90)
    for table in TABLES:
        assert rows(database, table) == rows(other, table), table.name
    other.dispose()


def test_another_seed_on_the_same_county_is_refused(sqlite_database: Database) -> None:
    enter(sqlite_database, 10, seed=1)
    with pytest.raises(Refused, match="种子 1 "):
        fill_up(sqlite_database, children=20, seed=2)
    assert fill_up(sqlite_database, children=10, seed=1) == 0
