"""Reports and protection: who learns of them, what goes out of them, and their stories on both databases."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import reports
from cases.forms.h_ut_assess import FINDINGS
from cases.forms.h_ut_conclusion import outcome_of
from cases.roles import DEPARTMENTS, PROTECTION_KINDS, PROTECTION_SIGHT, ROLE, ROLES, CaseScope, Sight, sight
from cases.scenario import play
from cases.story import read_story
from engine.access import Actor, Grant
from engine.decisions import evaluate_decision, parse_dmn
from engine.store import Database
from engine.store.instance import instance
from engine.store.job import job
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
VILLAGE = "519927101001"
PLACE = {"village": VILLAGE, "town": VILLAGE[:9], "county": "519927", "public": VILLAGE, "program": "519927"}
NAMES = ("张小宝", "张小花", "519927201912240057", "519927201011110060")

#: Who sees a protection case once the department has an item of it (domain.md 6.1).
WITH_ITEM = {
    **dict.fromkeys(("gaj_handler", "cpc_staff", "cwi_staff"), Sight.SENSITIVE),
    **dict.fromkeys(("fy_handler", "jcy_handler"), Sight.FILE),
}


def holder(role: str) -> Actor:
    where = PLACE[ROLE[role].level]
    return Actor(id=role, name=role, grants=(Grant(role=role, place=where, department=ROLE[role].department),))


@pytest.mark.parametrize("kind", sorted(PROTECTION_KINDS))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_general_staff_learns_nothing_of_a_protection_case(role: str, kind: str) -> None:
    """The whole matrix: each role, each kind, without and with an item of every department."""
    alone = CaseScope(place=VILLAGE, kind=kind)
    involved = CaseScope(place=VILLAGE, kind=kind, departments=frozenset(DEPARTMENTS))
    assert sight(holder(role), alone) == PROTECTION_SIGHT.get(role, Sight.NONE)
    assert sight(holder(role), involved) == max(PROTECTION_SIGHT.get(role, Sight.NONE), WITH_ITEM.get(role, Sight.NONE))


@pytest.mark.parametrize("situation", sorted(reports.FLAG_OF_SITUATION))
def test_a_situation_sets_a_flag_and_lowers_none(situation: str) -> None:
    """M4."""
    flags = reports.flags_of({"life_threat": True}, (situation,))
    assert flags["life_threat"] and flags[reports.FLAG_OF_SITUATION[situation]]
    assert not reports.flags_of({}, ())["life_threat"]


def play_through(database_url: str, process: str, name: str) -> None:
    told = read_story(PROCESSES / process / "scenarios" / f"{name}.toml")
    assert play(told, PROCESSES, database_url=database_url, say=lambda _: None).failures == ()


def test_nothing_goes_to_a_village_but_visits_by_code(database: Database, database_url: str) -> None:
    """AC-11 with every date; then what inboxes and lists hold of it."""
    play_through(database_url, "report", "ac11_night_report")
    with database.reading() as session:
        case = session.execute(select(instance).where(instance.c.process_key == "report")).one()
        tasks = session.execute(select(user_task).where(user_task.c.instance_id == case.id)).all()
        queues = set(session.execute(select(job.c.queue).where(job.c.instance_id == case.id)).scalars())
    to_villages = {row.element_id for row in tasks if row.role.startswith("village")}
    assert to_villages == {"h_ut_visit", "h_ut_po_assist"}
    assert case.subject == "保护个案 BG519927-2025-0001"
    assert queues == {"urgent"}
    for row in (case, *tasks):
        assert not any(
            name in str(value) for name in NAMES for value in row._mapping.values() if isinstance(value, str)
        )


def test_the_conclusion_says_what_table_d12_answers() -> None:
    """`h_ut_conclusion` compares with the signed minutes before the table is asked: for every case alike."""
    table = parse_dmn((PROCESSES / "decisions" / "D12_GUARDIANSHIP.dmn").read_bytes())
    for ticks in product((False, True), repeat=len(FINDINGS)):
        found = dict(zip(FINDINGS, ticks, strict=True))
        assert outcome_of(found) == evaluate_decision(table, "D12_GUARDIANSHIP", found).value["outcome"]
