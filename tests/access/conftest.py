"""Cases of every kind that matters for who sees what, on a real database, each with a running instance."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.case_files import case_department, case_file
from cases.county import County
from cases.documents import DocumentKind, write
from cases.files import file
from cases.meetings import add_item
from engine.access import Actor, Grant
from engine.environment import Environment
from engine.store import Database, task_copy, task_remark
from engine.store.identifiers import new_id
from engine.store.instance import instance
from tests.diagrams import Diagram
from tests.factories import World, environment
from tests.fakes import FakeDomain

DATA = Path(__file__).parents[1] / "data" / "access"
VILLAGE, TOWN, COUNTY = "519927101001", "519927101", "519927"
OWN = {"village": VILLAGE, "town": TOWN, "county": COUNTY, "public": COUNTY, "program": ""}
FOREIGN = {"village": "519927101002", "town": "519927102", "county": "519928", "public": "519928"}
#: Whoever fills in the forms of the cases; no role of the county.
CLERK = Actor(id="li", name="李四", grants=(Grant(role="clerk", place=COUNTY),))

#: Column of `sight.csv` to the case's kind, its seal, and whether every department has an item of it.
CASES: dict[str, tuple[str, bool, bool]] = {
    "ordinary": ("application", False, False),
    "own item": ("application", False, True),
    "sealed": ("application", True, False),
    "sealed own item": ("application", True, True),
    "protection": ("intervention", False, False),
    "protection own item": ("intervention", False, True),
    "objection": ("objection", False, False),
    "appeal": ("appeal", False, False),
    "ended": ("application", False, True),
    "archived": ("application", False, True),
    "item": ("item", False, False),
    "item own item": ("item", False, True),
}
#: The cases that are about a child; an item is about none.
OF_A_CHILD = {column: case for column, case in CASES.items() if case[0] != "item"}
#: Columns whose case lies in the archive.
ARCHIVED = frozenset({"archived"})
#: Columns whose case is over, and its child's protection with it: the township reads nothing sensitive of it (6.1).
ENDED = frozenset({"ended"})

SIGHTS: tuple[dict[str, str], ...] = tuple(
    csv.DictReader((DATA / "sight.csv").read_text(encoding="utf-8").splitlines())
)


def department_of(role: str) -> str | None:
    """The department that the role's code names."""
    named = {"mzj_duty": "MZJ", "mzj_sealed": "MZJ", "wjj_sealed": "WJJ", "cpc_staff": "CPC", "cwi_staff": "CWI"}
    named["mzj_archivist"] = "MZJ"
    return named.get(role) or (role.split("_")[0].upper() if role.endswith(("_handler", "_leader")) else None)


DEPARTMENTS = [*sorted({department_of(row["role"]) or "MZJ" for row in SIGHTS}), "WJJ_SEALED"]


def holder(row: dict[str, str], places: dict[str, str] = OWN) -> Actor:
    """Somebody who holds the row's role at its usual place, or at another one; not the program's `owner`."""
    grant = Grant(role=row["role"], place=places[row["level"]], department=department_of(row["role"]))
    return Actor(id=f"one-{row['role']}", name="某人", grants=(grant,))


@dataclass(frozen=True)
class Prepared:
    """The cases, by the columns of `sight.csv`."""

    world: World
    env: Environment  #: with the county's own rules
    instances: dict[str, str]
    cases: dict[str, str]
    tasks: dict[str, str]  #: done ones, each copied to nobody of the county and with a remark


@pytest.fixture
def prepared(database: Database, now: datetime) -> Prepared:
    domain = FakeDomain(place=VILLAGE)
    world = World(database=database, env=environment(domain), domain=domain, now=now)
    diagram = Diagram().start().user("a").user("b").boundary("late", "b", "timer P30D").end("end").end("missed")
    diagram.flow("start", "a", "b", "end").flow("late", "missed")
    world.publish(diagram, "a", "b")
    instances, cases, tasks = {}, {}, {}
    for number, (column, (kind, sealed, items)) in enumerate(CASES.items(), 1):
        case_id = f"case-{number}"
        with database.transaction() as session:
            _enter(session, case_id, kind, sealed, items, now)
            archive = sa.update(case_file).where(case_file.c.id == case_id)
            over = now if column in ENDED else None
            session.execute(archive.values(archived=column in ARCHIVED, closed_at=over))
        started = world.start(idempotency_key=column, actor=CLERK)
        assert started.case_id == case_id
        world.complete(started.opened_task_ids[0], actor=CLERK)
        instances[column], cases[column] = started.instance_id, case_id
        tasks[column] = started.opened_task_ids[0]
        with database.transaction() as session:
            _talk(session, tasks[column], started.instance_id, now)
        with database.transaction() as session:
            named = sa.update(instance).where(instance.c.id == started.instance_id).values(subject=case_id)
            session.execute(named)
    return Prepared(world=world, env=environment(County()), instances=instances, cases=cases, tasks=tasks)


def _talk(session: Any, task_id: str, instance_id: str, now: datetime) -> None:
    """A copy to somebody else, and a remark."""
    nobody = {"recipient": "nobody", "recipient_name": "某人", "sender": "li", "sender_name": "李四", "note": ""}
    session.write(
        task_copy.INSERT, {"task_id": task_id, "instance_id": instance_id, **nobody, "at": now, "read_at": None}
    )
    author = {"author": "li", "author_name": "李四", "author_unit": "", "body": "请看", "named": None}
    session.write(
        task_remark.INSERT, {"id": new_id(now), "task_id": task_id, "instance_id": instance_id, **author, "at": now}
    )


def _enter(session: Any, case_id: str, kind: str, sealed: bool, items: bool, now: datetime) -> None:
    session.execute(
        sa.insert(case_file).values(
            id=case_id,
            kind=kind,
            process_key="p",
            child_id=None,
            place=VILLAGE,
            status="核查中",
            sealed_hiv=sealed,
            no_publicity=False,
            policy_profile="CURRENT",
            owner_id="guardian",
            facts={"missing_materials": ["M01"]},
            opened_at=now,
            opened_by="guardian",
            version=1,
        )
    )
    for department in DEPARTMENTS if items else ():
        session.execute(sa.insert(case_department).values(case_id=case_id, department=department))
    add_item(session, case_id, kind="会议", item_text="办理", dept="JKT", due_on=now.date(), now=now)
    write(session, case_id, DocumentKind.DECISION, "决定", idempotency_key=case_id, now=now)
    session.execute(
        sa.insert(file).values(
            id=f"file-{case_id}",
            sha256="0",
            name="报告.pdf",
            media_type="application/pdf",
            size=1,
            case_id=case_id,
            uploaded_by="li",
            uploaded_at=now,
        )
    )
