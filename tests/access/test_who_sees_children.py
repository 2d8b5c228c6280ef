"""The file of a child × every role × own and foreign place, against `sight.csv`: the page and the ledger agree."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from cases import child_list, child_page, children
from cases.case_files import case_file
from cases.child_list import Asked
from cases.child_page import Part
from cases.search import search_key
from cases.seen_children import require_child, sight_of_child
from engine.access import Actor, Grant, Sight
from engine.errors import NotFound, Refused
from engine.store.audit import audit
from engine.store.user_task import user_task
from tests.access.conftest import ENDED, FOREIGN, OF_A_CHILD, SIGHTS, VILLAGE, Prepared, holder

WHY = "抽查"
#: A child per kind of case; what its file is seen as: as any child of the place, or as its case where that is better.
#: An objection opens no file: it is about somebody else's word.
BY_CASE = {
    column: ("sealed" if sealed else "ordinary", column) for column, (_kind, sealed, _items) in OF_A_CHILD.items()
}
BY_CASE["objection"] = ("ordinary", "ordinary")
BY_CASE["ended"] = ("ended", "ended")
BY_CASE["archived"] = ("archived", "archived")  # the file goes into the archive with its cases


@pytest.fixture
def known(prepared: Prepared) -> dict[str, str]:
    """Column to the id of the child whose only case is the column's."""
    found = {}
    with prepared.world.database.transaction() as session:
        for number, (column, (_kind, sealed, _items)) in enumerate(OF_A_CHILD.items(), 1):
            case_id = prepared.cases[column]
            child_id = children.open_file(
                session,
                name=f"张小{number}明",
                idcard=None,
                birth=date(2015, 3, number),
                sex="男",
                hukou_code=VILLAGE,
                search_key="" if sealed else search_key("张小明"),
                actor_id="li",
                now=prepared.world.now,
                day=date(2025, 9, 24),
                sealed=sealed,
            )
            session.execute(sa.update(case_file).where(case_file.c.id == case_id).values(child_id=child_id))
            children.change(session, child_id, now=prepared.world.now, archived=column == "archived")
            if column in ENDED:
                children.change(session, child_id, now=prepared.world.now, status=children.ChildStatus.LEFT)
            found[column] = child_id
    return found


def expected(row: Any, column: str) -> Sight:
    return max(Sight[row[name]] for name in BY_CASE[column])


def opens(session: Any, child_id: str, actor: Actor, now: datetime) -> bool:
    try:
        child_page.child_page(session, actor, child_id, part="", purpose=WHY, now=now)
    except NotFound:
        return False
    return True


def test_the_file_is_seen_as_the_table_says(prepared: Prepared, known: dict[str, str]) -> None:
    wrong = []
    with prepared.world.database.transaction() as session:
        for row in SIGHTS:
            for column, child_id in known.items():
                sees = expected(row, column)
                for actor, at_most in (
                    ((holder(row), sees), (holder(row, FOREIGN), Sight.NONE))
                    if (row["level"] in FOREIGN)
                    else ((holder(row), sees),)
                ):
                    found = sight_of_child(session, actor, children.find_child(session, child_id))
                    if found.seen != at_most:
                        wrong.append((row["role"], column, found.seen, at_most))
                    if opens(session, child_id, actor, prepared.world.now) != (at_most >= Sight.MASKED):
                        wrong.append((row["role"], column, "page"))
    assert wrong == []


def test_the_ledger_lists_whose_file_opens_and_no_other(prepared: Prepared, known: dict[str, str]) -> None:
    wrong = []
    with prepared.world.database.transaction() as session:
        for row in SIGHTS:
            for actor in (holder(row), holder(row, FOREIGN)) if row["level"] in FOREIGN else (holder(row),):
                found = child_list.child_list(session, actor, Asked(), now=prepared.world.now)
                opened = {each for each in known.values() if opens(session, each, actor, prepared.world.now)}
                if {each.id for each in found.rows} != opened or found.count != len(opened):
                    wrong.append((row["role"], len(found.rows), len(opened)))
    assert wrong == []


def test_a_sealed_file_is_not_there_for_others(prepared: Prepared, known: dict[str, str]) -> None:
    """Neither by its address, nor in the ledger, nor by a filter on it: a stranger's answer is that of a false id."""
    handler = Actor(id="m", name="经办人", grants=(Grant(role="mzj_handler", place="519927", department="MZJ"),))
    with prepared.world.database.transaction() as session:
        for child_id in (known["sealed"], "no-such-child"):
            with pytest.raises(NotFound, match=f"没有儿童档案 {child_id}"):
                require_child(session, handler, child_id)
        listed = child_list.child_list(session, handler, Asked(status="申请中"), now=prepared.world.now)
        assert known["sealed"] not in {each.id for each in listed.rows}


def test_a_department_sees_its_item_and_nothing_around_it(prepared: Prepared, known: dict[str, str]) -> None:
    row = next(row for row in SIGHTS if row["role"] == "cl_handler")
    with prepared.world.database.transaction() as session:
        page = child_page.child_page(
            session, holder(row), known["own item"], part=Part.FAMILY, purpose=WHY, now=prepared.world.now
        )
    assert page.parts == (Part.MONEY, Part.CASES)
    assert page.part is Part.MONEY
    assert not page.tells_category
    assert page.people is None
    assert page.health == page.schooling == {}


def test_the_village_reads_no_custody_no_papers_and_no_money(prepared: Prepared, known: dict[str, str]) -> None:
    row = next(row for row in SIGHTS if row["role"] == "village_officer")
    with prepared.world.database.transaction() as session:
        children.set_parent(session, known["ordinary"], "父", name="张三", status="服刑")
        children.set_health(session, known["ordinary"], illness_name="先天性心脏病")
        page = child_page.child_page(
            session, holder(row), known["ordinary"], part=Part.FAMILY, purpose=WHY, now=prepared.world.now
        )
        officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
        township = child_page.child_page(
            session, officer, known["ordinary"], part=Part.FAMILY, purpose=WHY, now=prepared.world.now
        )
    assert {Part.PAPERS, Part.READINGS} & set(page.parts) == set()
    assert page.people is not None
    assert page.people.parents == {}
    assert page.health == {}
    assert township.people is not None
    assert township.people.parents["父"]["status"] == "服刑"
    assert township.health["illness_name"] == "先天性心脏病"


def test_nobody_learns_of_a_protection_case_by_the_file(prepared: Prepared, known: dict[str, str]) -> None:
    """Neither by its cases and alerts, nor by who has read it (M1)."""
    now, child_id = prepared.world.now, known["protection"]
    duty = holder(next(row for row in SIGHTS if row["role"] == "mzj_duty"))
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.transaction() as session:
        told = child_page.child_page(session, duty, child_id, part=Part.CASES, purpose="接报研判", now=now)
        assert told.alerts.protection
        page = child_page.child_page(session, officer, child_id, part=Part.READINGS, purpose=WHY, now=now)
        assert not page.alerts.protection
        assert page.cases == ()
        assert page.readings is not None
        assert [each.who for each in page.readings.rows] == [officer.name]
        rows = session.execute(sa.select(audit.c.detail).where(audit.c.actor_id == duty.id)).scalars().all()
        assert [row["through"] for row in rows] == [prepared.cases["protection"]]


def test_an_open_task_opens_the_file_while_it_is_open(prepared: Prepared, known: dict[str, str]) -> None:
    investigator = Actor(id="i", name="核查人", grants=(Grant(role="town_investigator", place="519927101"),))
    task = user_task.c.instance_id == prepared.instances["protection"]
    with prepared.world.database.transaction() as session:
        session.execute(sa.update(user_task).where(task, user_task.c.status == "open").values(role="town_investigator"))
        assert opens(session, known["protection"], investigator, prepared.world.now)
        assert not opens(session, known["ordinary"], investigator, prepared.world.now)
        session.execute(sa.update(user_task).where(task).values(status="done"))
        assert not opens(session, known["protection"], investigator, prepared.world.now)


def test_each_opening_is_noted_with_its_purpose_in_its_transaction(prepared: Prepared, known: dict[str, str]) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    ask = MappingProxyType({"part": Part.CASES, "now": prepared.world.now})
    database = prepared.world.database
    with database.transaction() as session:
        child_page.child_page(session, officer, known["ordinary"], purpose=WHY, **ask)
        child_page.child_page(session, officer, known["ordinary"], purpose=WHY, **ask)
        rows = session.execute(sa.select(audit).where(audit.c.action == "child.read")).all()
    assert [(row.actor_id, row.target, row.detail["purpose"]) for row in rows] == [(officer.id, known["ordinary"], WHY)]
    with database.transaction() as session, pytest.raises(Refused, match="目的"):
        child_page.child_page(session, officer, known["ordinary"], purpose=" ", **ask)
    with database.reading() as session, pytest.raises(RuntimeError, match="keeps no note"):
        child_page.child_page(session, officer, known["ordinary"], purpose=WHY, **ask)
